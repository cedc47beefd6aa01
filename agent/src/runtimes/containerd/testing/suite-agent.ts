import type { Launch } from '../../runtime.ts';
import { type CallOptions, ContainerdClient } from '../containerd-client.ts';
import type { UnaryMethod } from '../grpc/method.ts';
import { suiteRuntime } from './containerd-bench.ts';

/** An agent for tests: starts one server, and is killed at a certain call to containerd, or else says so and stays. */
export interface SuiteAgentOrders {
  socketPath: string;
  runRoot: string;
  prefix: string;
  launch: Launch;
  /** Counts the calls; undefined for never. */
  dieAt?: { call: number; when: 'before' | 'after' };
}

const { socketPath, runRoot, prefix, launch, dieAt }: SuiteAgentOrders = JSON.parse(process.argv[2] ?? '');
let calls = 0;

class MortalClient extends ContainerdClient {
  override async call<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    options?: CallOptions,
  ): Promise<Response> {
    const number = ++calls;
    const dieIf = (when: 'before' | 'after') => {
      if (dieAt?.call === number && dieAt.when === when) process.kill(process.pid, 'SIGKILL');
    };
    dieIf('before');
    const answer = await super.call(method, request, options);
    dieIf('after');
    return answer;
  }
}

const client = new MortalClient({ socketPath, namespace: prefix });
const runtime = suiteRuntime(client, { runRoot, prefix });
const server = await runtime.start(launch, AbortSignal.timeout(20_000));
process.stdout.write(`started ${server.pid} after ${calls} calls\n`);
await server.exited;
