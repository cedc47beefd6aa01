import { lstat } from 'node:fs/promises';
import { AppError } from '@catalyst/shared/contract/errors';
import type { Folder } from './folder.ts';

type OpenRoot = (path: string) => Promise<Folder>;

interface Hold {
  folder: Folder;
  device: number;
  inode: number;
  users: number;
  isRetired: boolean;
  closed: PromiseWithResolvers<void>;
}

interface BorrowedRoot extends Disposable {
  readonly folder: Folder;
}

/**
 * The open root of a server's folder. It is lent for each operation and closed only when nobody uses it any more: a
 * closed descriptor's number may be another folder's a moment later.
 */
export class ServerRoot {
  readonly path: string;
  readonly #open: OpenRoot;
  #hold: Hold | undefined;
  #isClosed = false;

  private constructor(path: string, open: OpenRoot) {
    this.path = path;
    this.#open = open;
  }

  static async open(path: string, open: OpenRoot): Promise<ServerRoot> {
    const root = new ServerRoot(path, open);
    root.#hold = await root.#take();
    return root;
  }

  /**
   * Throws `unavailable` when the path leads to another folder than the one held, or to none. A folder made anew is
   * taken up for the next operation; a link in its place never is.
   */
  async borrow(): Promise<BorrowedRoot> {
    const present = await lstat(this.path).catch(() => undefined);
    if (this.#isClosed) throw new AppError('unavailable', "This server's folder is closed");
    const hold = this.#hold;
    if (hold && present?.isDirectory() && present.ino === hold.inode && present.dev === hold.device) {
      hold.users += 1;
      return { folder: hold.folder, [Symbol.dispose]: () => giveBack(hold) };
    }
    await this.reopen();
    throw new AppError('unavailable', "This server's folder was replaced; try again");
  }

  /** Takes up the folder that is at the path now; for whoever has just put it there. */
  async reopen(): Promise<void> {
    const fresh = await this.#take();
    const old = this.#isClosed ? fresh : this.#hold;
    if (!this.#isClosed) this.#hold = fresh;
    if (old) retire(old);
  }

  /** Refuses new operations and waits for those under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (!this.#hold) return;
    retire(this.#hold);
    await this.#hold.closed.promise;
  }

  async #take(): Promise<Hold> {
    const folder = await this.#open(this.path).catch((error: unknown) => {
      if (error instanceof AppError) throw error;
      throw new AppError('unavailable', "This server's folder is missing or is not a folder", {
        cause: error,
      });
    });
    try {
      const stats = await folder.stat();
      return {
        folder,
        device: stats.dev,
        inode: stats.ino,
        users: 0,
        isRetired: false,
        closed: Promise.withResolvers(),
      };
    } catch (error) {
      folder[Symbol.dispose]();
      throw error;
    }
  }
}

function giveBack(hold: Hold): void {
  hold.users -= 1;
  closeIfDone(hold);
}

function retire(hold: Hold): void {
  hold.isRetired = true;
  closeIfDone(hold);
}

function closeIfDone(hold: Hold): void {
  if (hold.users > 0 || !hold.isRetired) return;
  hold.folder[Symbol.dispose]();
  hold.closed.resolve();
}
