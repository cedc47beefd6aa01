import { once } from 'node:events';
import { chownSync, mkdirSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { Limits, type ServerNetwork } from '@catalyst/shared/features/server-spec';
import { createLogger } from '../../src/logger.ts';
import { ServerNetworks } from '../../src/network/server-networks.ts';
import { tasksApi } from '../../src/runtimes/containerd/api/tasks.ts';
import { type CallOptions, ContainerdClient } from '../../src/runtimes/containerd/containerd-client.ts';
import type { UnaryMethod } from '../../src/runtimes/containerd/grpc/method.ts';
import {
  type ContainerdBench,
  suiteImage,
  suiteRuntime,
} from '../../src/runtimes/containerd/testing/containerd-bench.ts';
import { RunFolder } from '../../src/runtimes/run-folder.ts';
import type { Launch } from '../../src/runtimes/runtime.ts';
import { type Contestant, greeting, type Round, stopwatch } from './contestant.ts';

const uid = 15_000_000;
/** Two ports, the second over UDP. */
const ports = [
  { name: 'game', ip: '0.0.0.0', port: 25_570, protocol: 'tcp' as const },
  { name: 'query', ip: '0.0.0.0', port: 25_571, protocol: 'udp' as const },
];

/** Notes when the container was there and when its process was let go. */
class TimedClient extends ContainerdClient {
  createdAt = 0;
  startedAt = 0;

  override async call<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    options?: CallOptions,
  ): Promise<Response> {
    const answer = await super.call(method, request, options);
    if (method === (tasksApi.create as unknown)) this.createdAt = performance.now();
    if (method === (tasksApi.start as unknown)) this.startedAt = performance.now();
    return answer;
  }
}

/** The runtime of the agent, from the call of `start` to the first byte in the file that the console reads. */
export async function ourStarts(bench: ContainerdBench, folder: string): Promise<Contestant[]> {
  const networks = new ServerNetworks({
    stateFolder: join(folder, 'networks'),
    prefix: 'bench',
    log: createLogger('warn'),
  });
  await networks.recover([]);
  const directory = join(folder, 'server');
  mkdirSync(directory);
  chownSync(directory, uid, uid);
  const runRoot = join(folder, 'run');
  const client = new TimedClient({ socketPath: bench.containerd.socketPath, namespace: bench.prefix });
  const runtime = suiteRuntime(client, { runRoot, prefix: bench.prefix, networks });
  await runtime.detect();
  let starts = 0;

  async function round(serverId: string, network: ServerNetwork, isKept: boolean): Promise<Round> {
    const startId = `s${++starts}`;
    const launch: Launch = {
      serverId,
      startId,
      argv: greeting,
      environment: {},
      directory,
      uid,
      limits: Limits.parse({ memoryMb: 256, cpuCores: 2, diskMb: 100 }),
      image: suiteImage,
      registries: [],
      network,
      ports: network.mode === 'bridge' ? ports : [],
      terminal: false,
      purpose: 'game',
    };
    const { stdout } = new RunFolder(runRoot, serverId, startId);
    const requestedAt = performance.now();
    const starting = runtime.start(launch, AbortSignal.timeout(30_000));
    // The spool is there by the next turn of the loop.
    await new Promise((resolve) => setImmediate(resolve));
    const watcher = watch(stdout);
    while (statSync(stdout).size === 0) await once(watcher, 'change');
    const firstByte = performance.now() - requestedAt;
    watcher.close();
    const server = await starting;
    const create = client.createdAt - requestedAt;
    const start = client.startedAt - client.createdAt;
    const stopping = stopwatch();
    await server.write(Buffer.from('\n'));
    await server.exited;
    const stop = stopping();
    const deleting = stopwatch();
    await runtime.remove(serverId, startId);
    if (!isKept) await runtime.removeServer(serverId);
    const removed = deleting();
    return { create, start, firstByte, stop, delete: removed, all: firstByte + stop + removed };
  }

  // One that stays: what all servers share is then there already.
  await networks.attach('first', { mode: 'bridge' }, [], AbortSignal.timeout(30_000));
  return [
    { name: 'ours, host network', round: () => round('host', { mode: 'host' }, true) },
    {
      name: 'ours, bridge + 2 ports, new server',
      round: () => round('new', { mode: 'bridge' }, false),
    },
    {
      name: 'ours, bridge + 2 ports, started again',
      round: () => round('again', { mode: 'bridge' }, true),
      async close() {
        await networks.detach('again');
        await networks.detach('first');
        await networks.close();
        runtime.close();
      },
    },
  ];
}
