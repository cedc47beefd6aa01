import { constants, type Dirent, type Stats } from 'node:fs';
import { chmod, chown, type FileHandle, open, readlink, stat, utimes } from 'node:fs/promises';
import { AppError } from '@catalyst/shared/contract/errors';
import { refuseUnlessFile } from './file-errors.ts';
import type { Folder, PinnedEntry } from './folder.ts';
import { HeldDescriptor } from './held-descriptor.ts';
import { readEntries } from './read-entries.ts';
import { nameProblem } from './server-path.ts';

// Takes hold of an inode without opening it: no device is touched, no FIFO waits. The value is that of every
// architecture Node runs on; Node names no constant for it, and sets O_CLOEXEC by itself.
const O_PATH = 0o10000000;
const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants;

/**
 * Linux. Node has no openat, but `/proc/self/fd/N/name` is the same: the kernel jumps to the open folder and looks up
 * one name in it. With O_NOFOLLOW for each name there is no moment at which a swapped link could be followed.
 */
export async function openDescriptorFolder(path: string): Promise<Folder> {
  const held = await HeldDescriptor.open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  // Without /proc every path below would silently mean something else.
  const seen = await held.use((heldPath) => stat(heldPath)).catch(() => undefined);
  const { ino, dev } = await held.stat();
  if (seen?.ino === ino && seen.dev === dev) return new DescriptorFolder(held);
  await held.release('at_once');
  throw new AppError('unavailable', 'The agent needs /proc to be mounted');
}

class DescriptorFolder implements Folder {
  readonly #held: HeldDescriptor;

  constructor(held: HeldDescriptor) {
    this.#held = held;
  }

  get mount(): string {
    return this.#held.mount;
  }

  stat(): Promise<Stats> {
    return this.#held.stat();
  }

  at<T>(name: Buffer, call: (path: Buffer) => Promise<T>): Promise<T> {
    return this.#held.use(async (path) => {
      const problem = nameProblem(name);
      if (problem) throw new AppError('bad_request', problem);
      return call(Buffer.concat([Buffer.from(`${path}/`), name]));
    });
  }

  held<T>(call: (path: string) => Promise<T>): Promise<T> {
    return this.#held.use(call);
  }

  enter(name: Buffer): Promise<DescriptorFolder> {
    return this.at(name, async (path) => {
      return new DescriptorFolder(await HeldDescriptor.open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW));
    });
  }

  pin(name: Buffer): Promise<PinnedEntry> {
    return this.at(name, async (path) => pinned(await HeldDescriptor.open(path, O_PATH | O_NOFOLLOW)));
  }

  readLink(name: Buffer): Promise<Buffer> {
    return this.at(name, (path) => readlink(path, { encoding: 'buffer' }));
  }

  createFile(name: Buffer): Promise<FileHandle> {
    return this.at(name, (path) => open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600));
  }

  entries(): AsyncIterable<Dirent<Buffer>[]> {
    return readEntries((read) => this.#held.use(read));
  }

  chown(uid: number, gid: number): Promise<void> {
    return this.#held.use((path) => chown(path, uid, gid));
  }

  chmod(mode: number): Promise<void> {
    return this.#held.use((path) => chmod(path, mode));
  }

  setTimes(accessedAt: Date, modifiedAt: Date): Promise<void> {
    return this.#held.use((path) => utimes(path, accessedAt, modifiedAt));
  }

  async sync(): Promise<void> {
    await using handle = await this.#held.use((path) => open(path, O_RDONLY | O_DIRECTORY));
    await handle.sync();
  }

  [Symbol.dispose](): void {
    void this.#held.release('at_once');
  }
}

async function pinned(held: HeldDescriptor): Promise<PinnedEntry> {
  const stats = await held.stat().catch(async (error) => {
    await held.release('in_pool');
    throw error;
  });
  return {
    stats,
    get mount() {
      return held.mount;
    },
    // The path is followed, but it is the kernel's own link to the held inode: a link's inode cannot be opened.
    openFile: (flags) =>
      held.use(async (path) => {
        refuseUnlessFile(stats);
        return open(path, flags | O_NONBLOCK);
      }),
    chown: (uid, gid) => held.use((path) => chown(path, uid, gid)),
    chmod: (mode) => held.use((path) => chmod(path, mode)),
    setTimes: (accessedAt, modifiedAt) => held.use((path) => utimes(path, accessedAt, modifiedAt)),
    [Symbol.asyncDispose]: () => held.release('in_pool'),
  };
}
