import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { containersApi } from '../api/containers.ts';
import { snapshotsApi } from '../api/snapshots.ts';
import { tasksApi } from '../api/tasks.ts';
import { snapshotter } from '../container-removal.ts';
import type { ContainerdClient } from '../containerd-client.ts';

/** Everything that starts make on a machine, by name: to be compared before and after. */
export async function whatIsLeft(client: ContainerdClient, containerdFolder: string, runRoot: string) {
  const [{ containers }, { tasks }, snapshots] = await Promise.all([
    client.call(containersApi.list, {}),
    client.call(tasksApi.list, {}),
    snapshotNames(client),
  ]);
  return {
    containers: containers.map(({ id }) => id),
    tasks: tasks.map(({ id }) => id),
    snapshots,
    mounts: mountsUnder(containerdFolder),
    shims: shimsOf(client.namespace),
    controlGroups: controlGroupsOf(client.namespace),
    runFolders: runFoldersIn(runRoot),
  };
}

async function snapshotNames(client: ContainerdClient): Promise<string[]> {
  const names: string[] = [];
  for await (const { info } of await client.stream(snapshotsApi.list, { snapshotter })) {
    names.push(...info.map(({ name }) => name));
  }
  return names.sort();
}

function mountsUnder(folder: string): string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return mounts.map((line) => line.split(' ')[1] ?? '').filter((path) => path.startsWith(`${folder}/`));
}

function shimsOf(namespace: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return argv[0]?.includes('containerd-shim') && argv.includes(namespace);
    } catch {
      return false;
    }
  });
}

function controlGroupsOf(prefix: string): string[] {
  const root = '/sys/fs/cgroup';
  return ['.', ...readdirSync(root)].flatMap((tree) => foldersIn(join(root, tree, prefix)));
}

/** A server's own folder stays, as long as it exists. */
function runFoldersIn(runRoot: string): string[] {
  return foldersIn(runRoot).flatMap((serverId) => foldersIn(join(runRoot, serverId)));
}

function foldersIn(path: string): string[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}
