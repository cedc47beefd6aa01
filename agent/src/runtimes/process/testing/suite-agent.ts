import { ProcessRuntime, type ProcessRuntimeOptions } from '../../process-runtime.ts';
import type { Launch } from '../../runtime.ts';

/** An agent for tests to kill: starts one server, says so and stays. */
export interface SuiteAgentOrders {
  options: ProcessRuntimeOptions;
  launch: Launch;
}

const { options, launch }: SuiteAgentOrders = JSON.parse(process.argv[2] ?? '');
const runtime = new ProcessRuntime(options);
process.stdout.write(`report ${JSON.stringify(await runtime.detect())}\n`);
process.stdout.write('starting\n');
const server = await runtime.start(launch, AbortSignal.timeout(20_000));
process.stdout.write(`started ${server.pid}\n`);
await server.exited;
