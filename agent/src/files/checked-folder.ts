import { type BigIntStats, constants, type Dirent, type Stats } from 'node:fs';
import { chmod, type FileHandle, lchown, lstat, lutimes, open, readlink, unlink } from 'node:fs/promises';
import { AppError } from '@catalyst/shared/contract/errors';
import { refuseUnlessFile, systemError } from './file-errors.ts';
import type { Folder, PinnedEntry } from './folder.ts';
import { readEntries } from './read-entries.ts';
import { nameProblem } from './server-path.ts';
import { leadsOutside } from './walk.ts';

const { O_CREAT, O_EXCL, O_RDONLY, O_RDWR } = constants;
// Windows has neither; its opens follow no links that lstat did not show, except within the gap below.
const O_NOFOLLOW = constants.O_NOFOLLOW ?? 0;
const O_NONBLOCK = constants.O_NONBLOCK ?? 0;
const isWindows = process.platform === 'win32';

interface Seen {
  path: Buffer;
  device: bigint;
  inode: bigint;
}

/**
 * macOS and Windows, which have no /proc. Every folder on the way is looked at (lstat: same inode, no link) before each
 * call, and an opened file is compared with what was looked at.
 *
 * Weakness: between look and call there are microseconds in which a process of the same machine may swap a folder for
 * a link. An open must then be hit twice at the right moments, a delete, rename or chown only once; an attacker that
 * swaps without pause gets there. So on these systems the wall between a hostile game and the user's other files is the
 * game's own user account, not this class, which stops only paths and links that are simply there.
 */
export async function openCheckedFolder(path: string): Promise<Folder> {
  return CheckedFolder.look(Buffer.from(path), []);
}

class CheckedFolder implements Folder {
  readonly #way: readonly Seen[];
  readonly #here: Seen;
  #isClosed = false;

  constructor(way: readonly Seen[], here: Seen) {
    this.#way = way;
    this.#here = here;
  }

  static async look(path: Buffer, above: readonly Seen[]): Promise<CheckedFolder> {
    const stats = await lstat(path, { bigint: true });
    if (!stats.isDirectory()) throw systemError('ENOTDIR');
    const here = { path, device: stats.dev, inode: stats.ino };
    return new CheckedFolder([...above, here], here);
  }

  get mount(): string {
    return String(this.#here.device);
  }

  async stat(): Promise<Stats> {
    return lstat(await this.#checkedPath());
  }

  async at<T>(name: Buffer, call: (path: Buffer) => Promise<T>): Promise<T> {
    const path = below(this.#here.path, name);
    await this.#checkedPath();
    return call(path);
  }

  enter(name: Buffer): Promise<Folder> {
    return this.at(name, (path) => CheckedFolder.look(path, this.#way));
  }

  pin(name: Buffer): Promise<PinnedEntry> {
    return this.at(name, async (path) => {
      const seen = await lstat(path, { bigint: true });
      const stats = await lstat(path);
      await this.#checkedPath();
      const checkedPath = async () => {
        await this.#checkedPath();
        if (!isSame(await lstat(path, { bigint: true }), seen)) throw systemError('ESTALE');
        return path;
      };
      const openFile = async (flags: number) => {
        refuseUnlessFile(stats);
        const handle = await open(await checkedPath(), flags | O_NOFOLLOW | O_NONBLOCK);
        return this.#keepIfSame(handle, async () => seen, stats);
      };
      return {
        stats,
        mount: String(seen.dev),
        openFile,
        chown: async (uid, gid) => lchown(await checkedPath(), uid, gid),
        chmod: async (mode) => {
          if (stats.isSymbolicLink()) throw systemError('EPERM');
          // By the opened file where there is one, since chmod follows links.
          if (!stats.isFile() || isWindows) return chmod(await checkedPath(), mode);
          await using handle = await openFile(O_RDONLY);
          await handle.chmod(mode);
        },
        setTimes: async (accessedAt, modifiedAt) => lutimes(await checkedPath(), accessedAt, modifiedAt),
        [Symbol.asyncDispose]: async () => {},
      };
    });
  }

  async readLink(name: Buffer): Promise<Buffer> {
    const target = await this.at(name, (path) => readlink(path, { encoding: 'buffer' }));
    if (!isWindows) return target;
    // A junction is absolute (\\?\C:\…), and so is whatever names a drive.
    if (target.includes(0x3a)) throw leadsOutside();
    return Buffer.from(target.toString('latin1').replaceAll('\\', '/'), 'latin1');
  }

  createFile(name: Buffer): Promise<FileHandle> {
    return this.at(name, async (path) => {
      const handle = await open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
      return this.#keepIfSame(handle, () => lstat(path, { bigint: true })).catch(async (error) => {
        // Made elsewhere: the empty file is taken away again.
        await unlink(path).catch(() => {});
        throw error;
      });
    });
  }

  entries(): AsyncIterable<Dirent<Buffer>[]> {
    return readEntries(async (call) => call(await this.#checkedPath()));
  }

  async chown(uid: number, gid: number): Promise<void> {
    await lchown(await this.#checkedPath(), uid, gid);
  }

  async chmod(mode: number): Promise<void> {
    await chmod(await this.#checkedPath(), mode);
  }

  async setTimes(accessedAt: Date, modifiedAt: Date): Promise<void> {
    await lutimes(await this.#checkedPath(), accessedAt, modifiedAt);
  }

  // Windows cannot open folders; NTFS keeps its entries in a journal of its own.
  async sync(): Promise<void> {
    const path = await this.#checkedPath();
    if (isWindows) return;
    await using handle = await open(path, O_RDONLY | O_NOFOLLOW);
    await handle.sync();
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
  }

  async #checkedPath(): Promise<Buffer> {
    if (this.#isClosed) throw new Error('This folder is closed');
    for (const seen of this.#way) {
      const stats = await lstat(seen.path, { bigint: true });
      if (!stats.isDirectory() || stats.ino !== seen.inode || stats.dev !== seen.device)
        throw systemError('ESTALE');
    }
    return this.#here.path;
  }

  async #keepIfSame(
    handle: FileHandle,
    expected: () => Promise<BigIntStats>,
    checked?: Stats,
  ): Promise<FileHandle> {
    try {
      const opened = await handle.stat({ bigint: true });
      await this.#checkedPath();
      if (!opened.isFile() || !isSame(opened, await expected())) throw systemError('ESTALE');
      // What was decided by the other look (whose file it is) must hold for this one.
      const isAsChecked =
        !checked || (opened.uid === BigInt(checked.uid) && opened.nlink === BigInt(checked.nlink));
      if (!isAsChecked) throw systemError('ESTALE');
      return handle;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }
}

function below(folder: Buffer, name: Buffer): Buffer {
  const problem =
    nameProblem(name) ?? (isWindows && name.includes(0x5c) ? 'A name has no backslash' : undefined);
  if (problem) throw new AppError('bad_request', problem);
  return Buffer.concat([folder, Buffer.from(isWindows ? '\\' : '/'), name]);
}

function isSame(one: BigIntStats, other: BigIntStats): boolean {
  return one.ino === other.ino && one.dev === other.dev;
}
