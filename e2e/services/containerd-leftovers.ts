import { execFile } from 'node:child_process';
import { readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const goneTimeoutMs = 10_000;

/** Ends the shims that serve the containerd of this socket, their containers and the containers' cgroups. */
export async function endShims(socketPath: string): Promise<void> {
  const parents = await readParents();
  const shims = new Set<number>();
  for (const pid of parents.keys()) {
    const argv = (await read(`/proc/${pid}/cmdline`)).split('\0');
    if (argv[0]?.includes('containerd-shim') && argv.includes(socketPath)) shims.add(pid);
  }
  const own = await cgroupsOf(process.pid);
  const inContainers = [...parents.keys()].filter((pid) => !shims.has(pid) && isBelow(pid, shims, parents));
  const cgroups = new Set<string>();
  for (const pid of inContainers) for (const cgroup of await cgroupsOf(pid)) cgroups.add(cgroup);
  for (const pid of [...inContainers, ...shims]) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  await waitUntilGone([...inContainers, ...shims]);
  for (const cgroup of cgroups) if (!own.includes(cgroup)) await rmdir(cgroup).catch(() => {});
}

/** Takes away all mounts in a folder, the inner ones first. */
export async function unmountUnder(folder: string): Promise<void> {
  const mounts = (await read('/proc/self/mounts')).split('\n').map((line) => line.split(' ')[1] ?? '');
  for (const mount of mounts.filter((path) => path.startsWith(`${folder}/`)).reverse()) {
    await run('umount', ['--lazy', mount]);
  }
}

/** Parent by process. */
async function readParents(): Promise<Map<number, number>> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await read(`/proc/${name}/stat`);
    // The name of the program, in brackets, may hold anything.
    const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
    if (parent) parents.set(Number(name), Number(parent));
  }
  return parents;
}

function isBelow(pid: number, ancestors: Set<number>, parents: Map<number, number>): boolean {
  for (let at = parents.get(pid); at; at = parents.get(at)) if (ancestors.has(at)) return true;
  return false;
}

async function cgroupsOf(pid: number): Promise<string[]> {
  const lines = (await read(`/proc/${pid}/cgroup`)).trim().split('\n');
  return lines.flatMap((line) => {
    const [, controllers = '', path = '/'] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path === '/') return [];
    if (controllers === '') return [join('/sys/fs/cgroup', path), join('/sys/fs/cgroup/unified', path)];
    return controllers
      .split(',')
      .map((controller) => join('/sys/fs/cgroup', controller.replace('name=', ''), path));
  });
}

async function waitUntilGone(pids: number[]): Promise<void> {
  const deadline = Date.now() + goneTimeoutMs;
  for (const pid of pids) {
    while (!/^($|Z)/.test(await stateOf(pid)) && Date.now() < deadline) await delay(5);
  }
}

/** Empty when there is no such process. */
async function stateOf(pid: number): Promise<string> {
  const stat = await read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
}

/** Empty when it cannot be read, as of a process that has ended. */
async function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
