import type { Stats } from 'node:fs';
import { AppError, type ErrorCode } from '@catalyst/shared/contract/errors';

const answers: Record<string, [ErrorCode, string]> = {
  ENOENT: ['not_found', 'There is no such file or folder'],
  ENOTDIR: ['invalid_input', 'This is not a folder'],
  EISDIR: ['invalid_input', 'This is a folder'],
  EEXIST: ['conflict', 'There is already something of this name'],
  ENOTEMPTY: ['conflict', 'The folder is not empty'],
  EBUSY: ['conflict', 'This is in use or something is mounted on it'],
  ETXTBSY: ['conflict', 'This program is running'],
  EXDEV: ['conflict', 'These two places are on different disks'],
  EACCES: ['forbidden', 'The agent may not do this to the file'],
  EPERM: ['forbidden', 'The agent may not do this to the file'],
  EROFS: ['unavailable', 'The disk is mounted read-only'],
  ENAMETOOLONG: ['bad_request', 'The name is too long'],
  ELOOP: ['bad_request', 'There are too many links in this path'],
  ESTALE: ['conflict', 'The folder was changed while it was being used; try again'],
  ENXIO: ['invalid_input', 'This is not a regular file, so it cannot be opened'],
  EFBIG: ['payload_too_large', 'The file would be larger than this disk allows'],
  ENOSPC: ['disk_full', 'The disk of this node is full'],
  EDQUOT: ['disk_full', 'The disk quota of this node is used up'],
  EMFILE: ['unavailable', 'The agent has too many files open; try again'],
  ENFILE: ['unavailable', 'The node has too many files open; try again'],
};

/** What to throw instead of a system error: an AppError when the caller can understand it, else the error itself. */
export function toFileError(error: unknown): unknown {
  const answer = answers[errorCode(error) ?? ''];
  return answer ? new AppError(answer[0], answer[1], { cause: error }) : error;
}

export function errorCode(error: unknown): string | undefined {
  if (error instanceof AppError || !(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** An error like the system's own, for a check made in its place. */
export function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

export function refuseUnlessFile(stats: Stats): void {
  if (stats.isFile()) return;
  throw stats.isDirectory()
    ? new AppError('invalid_input', 'This is a folder')
    : new AppError('invalid_input', 'This is not a regular file, so it cannot be opened');
}

/**
 * A game may have linked somebody else's file into its folder. Its inode is reachable from elsewhere too, so neither
 * its contents nor its owner and mode are ours to hand out or change.
 */
export function refuseForeignHardLink(stats: Stats, uid: number | undefined): void {
  if (isForeignHardLink(stats, uid)) {
    throw new AppError('forbidden', 'This is a hard link to a file that does not belong to the server');
  }
}

/** Where the platform knows no owners (`uid` undefined) nothing is foreign. */
export function isForeignHardLink(stats: Stats, uid: number | undefined): boolean {
  return uid !== undefined && !stats.isDirectory() && stats.nlink > 1 && stats.uid !== uid;
}
