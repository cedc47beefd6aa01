import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { lchown, lstat, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '@catalyst/shared/contract/errors';
import type { Mount } from './api/containerd-types.ts';
import { mappedUser } from './sandbox.ts';

/**
 * Gives the files of an installation's root to the users that its user namespace has. Only names and owners are copied
 * out of the image where the kernel can (`metacopy`), so that it costs milliseconds and no room on the disk. The root
 * is mounted for this where nobody else sees it, and the mount is gone with the agent. Returns the mounts to start with.
 */
export async function mapRoot(mounts: readonly Mount[], uid: number, signal: AbortSignal): Promise<Mount[]> {
  const light = mounts.map(withMetacopy);
  const lightRoot = await PrivateMount.open(light);
  const root = lightRoot ?? (await PrivateMount.open(mounts));
  if (!root) {
    throw new AppError(
      'unavailable',
      "The installation's files could not be mounted to give them to its user",
    );
  }
  try {
    await giveAway(root.path, uid, signal);
    return lightRoot ? light : [...mounts];
  } finally {
    await root.close();
  }
}

function withMetacopy(mount: Mount): Mount {
  return mount.type === 'overlay' ? { ...mount, options: [...mount.options, 'metacopy=on'] } : mount;
}

/** A mount in a namespace of its own, which lives as long as its keeper; the keeper ends with the agent. */
class PrivateMount {
  readonly path: string;
  readonly #keeper: ChildProcess;

  private constructor(keeper: ChildProcess, path: string) {
    this.#keeper = keeper;
    this.path = path;
  }

  /** Null when it cannot be mounted so. */
  static async open([mount]: readonly Mount[]): Promise<PrivateMount | null> {
    if (!mount) return null;
    const { folder, options } = withShortPaths(mount);
    const target = '/mnt';
    const script = `mount -t "$1" -o "$2" "$3" ${target} 2>/dev/null && echo mounted && read -r x`;
    const keeper = spawn(
      'unshare',
      [
        '--mount',
        '--propagation',
        'private',
        '/bin/sh',
        '-c',
        script,
        'sh',
        mount.type,
        options,
        mount.source,
      ],
      { cwd: folder, stdio: ['pipe', 'pipe', 'ignore'] },
    );
    const ended = once(keeper, 'exit').catch(() => {});
    const said = keeper.stdout ? once(keeper.stdout, 'data') : ended;
    await Promise.race([said, ended]);
    if (keeper.pid === undefined || keeper.exitCode !== null || keeper.signalCode !== null) return null;
    return new PrivateMount(keeper, `/proc/${keeper.pid}/root${target}`);
  }

  async close(): Promise<void> {
    const ended = once(this.#keeper, 'exit');
    this.#keeper.stdin?.end();
    await ended;
  }
}

/** The kernel takes one page of options; images with many layers need short names, relative to where they all are. */
function withShortPaths({ options }: Mount): { folder: string; options: string } {
  const upper = options.find((option) => option.startsWith('upperdir='))?.slice('upperdir='.length);
  if (upper === undefined) return { folder: '/', options: options.join(',') };
  const folder = dirname(dirname(upper));
  return { folder, options: options.map((option) => option.replaceAll(`${folder}/`, '')).join(',') };
}

/** Nobody else has these files yet, so what is seen is what is changed; links are never followed. */
async function giveAway(path: string, uid: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await giveOne(path, uid);
  const entries = await readdir(path, { withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  await Promise.all(files.map((entry) => giveOne(join(path, entry.name), uid)));
  for (const entry of entries) if (entry.isDirectory()) await giveAway(join(path, entry.name), uid, signal);
}

async function giveOne(path: string, uid: number): Promise<void> {
  const stats = await lstat(path);
  await lchown(path, mappedUser(stats.uid, uid), mappedUser(stats.gid, uid));
}
