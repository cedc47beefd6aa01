import type { Dirent, Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/**
 * One opened folder. What is done by it reaches entries of exactly this folder, wherever it is moved and whatever is
 * put in its place; `descriptor-folder.ts` keeps that without a gap, `checked-folder.ts` as well as it can.
 */
export interface Folder extends Disposable {
  /** The same for whatever is on the same mount, and only for that. */
  readonly mount: string;
  stat(): Promise<Stats>;
  /**
   * Makes one system call on an entry. The path is good during the call only, and only for calls that act on the entry
   * itself and never follow it (lstat, unlink, rmdir, mkdir, rename, readlink).
   */
  at<T>(name: Buffer, call: (path: Buffer) => Promise<T>): Promise<T>;
  /**
   * Makes calls of another thread on entries, by a path of the folder itself that is good meanwhile. Missing where folders
   * cannot be held.
   */
  held?<T>(call: (path: string) => Promise<T>): Promise<T>;
  /** A folder below; fails with ENOTDIR when the entry is a link or anything else. */
  enter(name: Buffer): Promise<Folder>;
  /** Takes hold of whatever has this name now, without opening or following it. */
  pin(name: Buffer): Promise<PinnedEntry>;
  /** Slashes part its names. Fails with EINVAL when the entry is not a link. */
  readLink(name: Buffer): Promise<Buffer>;
  /** A new file open for reading and writing, mode 0600; fails with EEXIST when there is anything of this name. */
  createFile(name: Buffer): Promise<FileHandle>;
  /** The entries as they come, some hundreds at a time. Their types are hints: they may have changed since. */
  entries(): AsyncIterable<Dirent<Buffer>[]>;
  chown(uid: number, gid: number): Promise<void>;
  chmod(mode: number): Promise<void>;
  setTimes(accessedAt: Date, modifiedAt: Date): Promise<void>;
  /** Makes created, renamed and deleted entries survive a power cut. */
  sync(): Promise<void>;
}

/** The inode that had the name when it was pinned, also when another has it by now. */
export interface PinnedEntry extends AsyncDisposable {
  readonly stats: Stats;
  readonly mount: string;
  /**
   * Opens it when it is a regular file; refuses everything else unopened, so that no FIFO or device ever waits. Fails
   * with ESTALE where inodes cannot be held and another has taken its place.
   */
  openFile(flags: number): Promise<FileHandle>;
  /** Of a link: the link's own owner. */
  chown(uid: number, gid: number): Promise<void>;
  chmod(mode: number): Promise<void>;
  /** Never of what a link leads to. */
  setTimes(accessedAt: Date, modifiedAt: Date): Promise<void>;
}
