import type { Stats } from 'node:fs';

type EntryType = 'file' | 'folder' | 'link' | 'fifo' | 'socket' | 'device';

export interface EntryStats {
  type: EntryType;
  sizeBytes: number;
  /** What it takes on the disk. Less than its size when it has holes. */
  allocatedBytes: number;
  /** The permission bits, setuid, setgid and sticky included. */
  mode: number;
  modifiedAt: Date;
  uid: number;
  gid: number;
  linkCount: number;
  inode: number;
}

export interface DirectoryEntry extends EntryStats {
  /** The bytes of the name, which need not be UTF-8. */
  name: Buffer;
}

export function toEntryStats(stats: Stats): EntryStats {
  return {
    type: typeOf(stats),
    sizeBytes: stats.size,
    allocatedBytes: allocatedBytesOf(stats),
    mode: stats.mode & 0o7777,
    modifiedAt: stats.mtime,
    uid: stats.uid,
    gid: stats.gid,
    linkCount: stats.nlink,
    inode: stats.ino,
  };
}

/** POSIX counts blocks of 512 bytes, whatever the disk's are; Windows counts none. */
export function allocatedBytesOf(stats: Stats): number {
  return process.platform === 'win32' ? stats.size : stats.blocks * 512;
}

/** What deleting this one name frees: nothing while the inode has other names. */
export function freedBytesOf(stats: Stats): number {
  return stats.isDirectory() || stats.nlink <= 1 ? allocatedBytesOf(stats) : 0;
}

function typeOf(stats: Stats): EntryType {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  if (stats.isSymbolicLink()) return 'link';
  if (stats.isFIFO()) return 'fifo';
  if (stats.isSocket()) return 'socket';
  return 'device';
}
