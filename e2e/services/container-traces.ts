import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Containerd } from './containerd.ts';

/** Everything on this machine that servers in containers are made of, by name: to be compared before and after. */
export function containerTraces({ socketPath }: Containerd, dataDir: string) {
  const ctr = (...args: string[]) =>
    execFileSync('ctr', ['--address', socketPath, ...args], { encoding: 'utf8', stdio: 'pipe' });
  const names = (text: string) => text.split('\n').filter(Boolean).toSorted();
  const namespaces = names(ctr('namespaces', 'list', '--quiet'));
  const inAll = (list: (namespace: string) => string[]) => namespaces.flatMap(list);
  return {
    containers: inAll((namespace) => names(ctr('--namespace', namespace, 'containers', 'list', '--quiet'))),
    tasks: inAll((namespace) => names(ctr('--namespace', namespace, 'tasks', 'list', '--quiet'))),
    // Committed ones are layers of images.
    snapshots: inAll((namespace) =>
      names(ctr('--namespace', namespace, 'snapshots', 'list')).filter((line) =>
        /\b(Active|View)\b/.test(line),
      ),
    ),
    shims: shimsOf(socketPath),
    networks: names(execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })),
    links: readFileSync('/proc/net/dev', 'utf8')
      .split('\n')
      .slice(2)
      .flatMap((line) => line.split(':')[0]?.trim() || [])
      .toSorted(),
    firewall: execFileSync('nft', ['list', 'ruleset'], { encoding: 'utf8' }),
    mounts: readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' ')[1] ?? '')
      .toSorted(),
    // An agent's group has the name of its namespace, and one inside for each start.
    controlGroups: inAll(controlGroupsOf),
    folders: ['servers', 'run', 'history', 'networks/servers'].flatMap((name) =>
      entriesOf(join(dataDir, 'agent', name)),
    ),
  };
}

function shimsOf(socketPath: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return argv[0]?.includes('containerd-shim') && argv.includes(socketPath);
    } catch {
      return false;
    }
  });
}

function controlGroupsOf(namespace: string): string[] {
  const root = '/sys/fs/cgroup';
  return ['.', ...foldersIn(root)].flatMap((tree) =>
    foldersIn(join(root, tree, namespace)).map((group) => join(tree, namespace, group)),
  );
}

function foldersIn(path: string): string[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}

function entriesOf(path: string): string[] {
  try {
    return readdirSync(path).map((name) => join(path, name));
  } catch {
    return [];
  }
}
