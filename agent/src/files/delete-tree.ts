import type { Stats } from 'node:fs';
import { rmdir, unlink } from 'node:fs/promises';
import { AppError } from '@catalyst/shared/contract/errors';
import type { Access } from './access.ts';
import { allocatedBytesOf, freedBytesOf } from './entry-stats.ts';
import { errorCode } from './file-errors.ts';
import type { Folder } from './folder.ts';
import { allDone, lookAt } from './look-at-all.ts';
import { move } from './rename-entry.ts';
import { temporaryName } from './temporary-name.ts';
import { walkToEntry } from './walk.ts';

const namesAtOnce = 32;
const mostLevels = 32;
const mostIdlePasses = 20;

export interface DeleteOptions {
  /** False leaves it to the disk when it survives a power cut. */
  isDurable?: boolean;
  signal?: AbortSignal;
}

/** Deletes a file, a link (never what it leads to) or a folder with everything in it, but nothing inside a mount. */
export async function deleteEntry(
  access: Access,
  names: readonly Buffer[],
  { isDurable = true, signal }: DeleteOptions = {},
): Promise<void> {
  using place = await walkToEntry(access.root, names);
  const { folder, name } = place;
  if (!name) throw new AppError('bad_request', "The server's folder itself cannot be deleted");
  if (!(await lookAt(folder, name))) throw new AppError('not_found', 'There is no such file or folder');
  await new TreeDeletion(access, signal).remove(folder, name);
  if (isDurable) await folder.sync();
}

/** Deletes what has this name with everything in it, if there is anything. */
export async function removeTree(access: Access, parent: Folder, name: Buffer, signal?: AbortSignal) {
  await new TreeDeletion(access, signal).remove(parent, name);
}

/** Deletes everything in the server's folder, and leaves the folder. */
export async function emptyRoot(access: Access, signal?: AbortSignal): Promise<void> {
  await openForOwner(access.root);
  await new TreeDeletion(access, signal).empty(access.root);
  await access.root.sync();
}

/**
 * Takes a tree apart with a fixed number of open folders: what is nested deeper than that is moved up into the first
 * folder, which is emptied until nothing is in it. A game may go on adding files meanwhile; the signal ends that.
 */
class TreeDeletion {
  readonly #access: Access;
  readonly #signal: AbortSignal | undefined;
  #top: Folder | undefined;
  #removed = 0;
  #kept = 0;

  constructor(access: Access, signal?: AbortSignal) {
    this.#access = access;
    this.#signal = signal;
  }

  async remove(parent: Folder, name: Buffer): Promise<void> {
    await this.#untilGone(async () => {
      if ((await this.#unlink(parent, name)) === 'is_folder') await this.#removeFolder(parent, name, 0);
      return !(await lookAt(parent, name));
    });
  }

  async empty(folder: Folder): Promise<void> {
    this.#top = folder;
    await this.#untilGone(async () => (await this.#pass(folder, 0)) === 0);
  }

  /** Passes until nothing is left, or nothing more can be deleted. */
  async #untilGone(pass: () => Promise<boolean>): Promise<void> {
    for (let idle = 0; idle < mostIdlePasses; ) {
      const before = this.#removed;
      if (await pass()) return;
      if (this.#kept > 0) {
        throw new AppError('conflict', 'Something is mounted in this folder, and was left as it is');
      }
      idle = this.#removed > before ? 0 : idle + 1;
    }
    throw new AppError('conflict', 'The folder could not be emptied; something keeps its files');
  }

  /** Deletes what is in a folder now, and says how many entries that were. */
  async #pass(folder: Folder, level: number): Promise<number> {
    let seen = 0;
    for await (const batch of folder.entries()) {
      seen += batch.length;
      for (let start = 0; start < batch.length; start += namesAtOnce) {
        this.#signal?.throwIfAborted();
        const names = batch.slice(start, start + namesAtOnce).map(({ name }) => name);
        const folders = await allDone(names.map((name) => this.#unlink(folder, name)));
        for (const [index, name] of names.entries()) {
          if (folders[index] === 'is_folder') await this.#removeFolder(folder, name, level);
        }
      }
    }
    return seen;
  }

  /** Folders are told from the rest by what the kernel says now, not by what the listing said. */
  async #unlink(parent: Folder, name: Buffer): Promise<'done' | 'is_folder'> {
    const stats = await lookAt(parent, name);
    if (!stats) return 'done';
    if (stats.isDirectory()) return 'is_folder';
    if (stats.nlink <= 1) return this.#unlinkSeen(parent, name, stats);
    // Names of one inode one by one, so that the last is seen to be the last and its bytes are freed.
    return this.#access.oneAtATime(async () => {
      const now = await lookAt(parent, name);
      return now ? this.#unlinkSeen(parent, name, now) : 'done';
    });
  }

  async #unlinkSeen(parent: Folder, name: Buffer, stats: Stats): Promise<'done' | 'is_folder'> {
    try {
      await parent.at(name, (path) => unlink(path));
      this.#removed += 1;
      this.#access.quota.release(freedBytesOf(stats));
    } catch (error) {
      const code = errorCode(error);
      if (code === 'EISDIR') return 'is_folder';
      if (code === 'EBUSY') this.#kept += 1;
      else if (code !== 'ENOENT') throw error;
    }
    return 'done';
  }

  async #removeFolder(parent: Folder, name: Buffer, level: number): Promise<void> {
    using child = await parent.enter(name).catch(undefinedIfSwapped);
    // Gone, or a link by now; the next pass sees it as what it is.
    if (!child) return;
    if (child.mount !== parent.mount) {
      this.#kept += 1;
      return;
    }
    const stats = await openForOwner(child);
    if (this.#top && level >= mostLevels) {
      await move(parent, name, this.#top, temporaryName()).catch(ignoreIfGone);
      this.#removed += 1;
      return;
    }
    this.#top ??= child;
    const keptBefore = this.#kept;
    await this.#untilGone(async () => {
      await this.#pass(child, level + 1);
      return this.#kept > keptBefore || this.#removeEmptied(parent, name, allocatedBytesOf(stats));
    });
  }

  /** False when the folder is not empty (any more). */
  async #removeEmptied(parent: Folder, name: Buffer, freedBytes: number): Promise<boolean> {
    try {
      await parent.at(name, (path) => rmdir(path));
      this.#removed += 1;
      this.#access.quota.release(freedBytes);
      return true;
    } catch (error) {
      const code = errorCode(error);
      if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
      // Moved or swapped meanwhile: no longer this folder's business.
      if (code === 'ENOENT' || code === 'ENOTDIR') return true;
      throw error;
    }
  }
}

/** An agent that is not root cannot empty a folder of its own that is closed or read-only. */
async function openForOwner(folder: Folder): Promise<Stats> {
  const stats = await folder.stat();
  if ((stats.mode & 0o700) !== 0o700) await folder.chmod(0o700).catch(() => {});
  return stats;
}

function undefinedIfSwapped(error: unknown): undefined {
  const code = errorCode(error);
  if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'ELOOP') throw error;
}

function ignoreIfGone(error: unknown): void {
  if (errorCode(error) !== 'ENOENT') throw error;
}
