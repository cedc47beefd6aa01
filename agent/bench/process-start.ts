import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, statSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Limits } from '@catalyst/shared/features/server-spec';
import { ProcessRuntime, type ProcessRuntimeOptions } from '../src/runtimes/process-runtime.ts';
import { RunFolder } from '../src/runtimes/run-folder.ts';
import type { RunningServer } from '../src/runtimes/runtime.ts';

// From the call of start() to the first byte in the spool, as a console would see it. Rounds of every kind take turns,
// with a bare shell among them: it is the floor of this machine at this moment.
const rounds = 40;
const cgroupPrefix = `catalyst-bench-${process.pid}`;
const folder = mkdtempSync(join(tmpdir(), 'catalyst-bench-'));
chmodSync(folder, 0o711);
const directory = join(folder, 'server');
mkdirSync(directory, { mode: 0o777 });
const uid = process.getuid?.() === 0 ? 1_234_567 : null;
const times: Record<string, number[]> = {};
function record(name: string, ms: number): void {
  times[name] = [...(times[name] ?? []), ms];
}

const runtimes = {
  'shell holder': open('run', {}),
  'shell holder, no control groups': open('run-bare', { cgroupRoot: '/nowhere' }),
  'Node holder': open('run-node', { holder: 'node' }),
};
for (const { runtime } of Object.values(runtimes)) await runtime.detect();
const groupFile = ['pids/', '']
  .map((tree) => `/sys/fs/cgroup/${tree}${cgroupPrefix}/cgroup.procs`)
  .find(existsSync);

for (let round = 0; round < rounds; round++) {
  await measureShell('floor: spawn of a shell that echoes', 'echo ready');
  const startId = `start-${round}`;
  await measureStart('shell holder', startId);
  await measureStart('shell holder, no control groups', startId);
  // The kernel waits for a grace period when a process moves to another group, unless another one has just moved.
  await pause(50);
  if (groupFile) {
    await measureShell('floor: the same, joining one control group', `echo 0 >${groupFile}; echo ready`);
  }
  await measureStart('Node holder', startId);
  await pause(50);
}

for (const [name, all] of Object.entries(times)) {
  const [p10, p50, p90] = [0.1, 0.5, 0.9].map((part) => quantile(all, part).toFixed(1).padStart(6));
  console.log(`${name.padEnd(60)} p50 ${p50} ms   [p10 ${p10}, p90 ${p90}]   ${all.length} rounds`);
}
rmSync(folder, { recursive: true });
for (const controller of ['pids', 'memory', 'cpu', 'cpuacct', '.']) {
  const group = join('/sys/fs/cgroup', controller, cgroupPrefix);
  if (existsSync(group)) rmdirSync(group);
}

function open(name: string, options: Partial<ProcessRuntimeOptions>) {
  const runRoot = join(folder, name);
  return { runRoot, runtime: new ProcessRuntime({ runRoot, cgroupPrefix, ...options }) };
}

async function measureShell(name: string, script: string): Promise<void> {
  const before = performance.now();
  const child = spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  record(name, performance.now() - before);
  await once(child, 'close');
}

async function measureStart(name: keyof typeof runtimes, startId: string): Promise<void> {
  const { runtime, runRoot } = runtimes[name];
  const { stdout } = new RunFolder(runRoot, 'server', startId);
  const before = performance.now();
  const starting = runtime.start(
    {
      serverId: 'server',
      startId,
      argv: ['/bin/sh', '-c', 'echo ready; read line; exit 0'],
      environment: { PATH: '/usr/bin:/bin' },
      directory,
      uid,
      limits: Limits.parse({ memoryMb: 64, cpuCores: 2, diskMb: 1 }),
      image: null,
      registries: [],
      network: { mode: 'host' },
      ports: [],
      terminal: false,
      purpose: 'game',
    },
    AbortSignal.timeout(10_000),
  );
  // The spool is there by the next turn of the loop.
  await new Promise((resolve) => setImmediate(resolve));
  const watcher = watch(stdout);
  while (statSync(stdout).size === 0) await once(watcher, 'change');
  record(`${name}: start() to first byte`, performance.now() - before);
  watcher.close();
  const server: RunningServer = await starting;
  const typed = performance.now();
  await server.write(Buffer.from('\n'));
  await server.exited;
  record(`${name}: last command to exit seen`, performance.now() - typed);
  await runtime.remove('server', startId);
}

function quantile(values: number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * part)] ?? Number.NaN;
}
