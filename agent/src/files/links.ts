import type { Stats } from 'node:fs';
import { symlink, unlink } from 'node:fs/promises';
import { AppError } from '@catalyst/shared/contract/errors';
import { type Access, give } from './access.ts';
import { allocatedBytesOf } from './entry-stats.ts';
import { errorCode, systemError } from './file-errors.ts';
import type { Folder } from './folder.ts';
import { isDot, isDotDot, joinNames } from './server-path.ts';
import { leadsOutside, walkToEntry, walkToTarget } from './walk.ts';

// A disk gives a long link a block of its own.
const mostLinkBytes = 4096;

interface LinkTarget {
  isFromRoot: boolean;
  names: readonly Buffer[];
}

export interface MakeLinkOptions {
  /** False leaves it to the disk when it survives a power cut. */
  isDurable?: boolean;
}

export async function readLink(root: Folder, names: readonly Buffer[]): Promise<Buffer> {
  using place = await walkToEntry(root, names);
  if (!place.name) throw notALink();
  try {
    return await place.folder.readLink(place.name);
  } catch (error) {
    throw errorCode(error) === 'EINVAL' ? notALink() : error;
  }
}

/** Written relative to its folder always, since an absolute one would lead to the machine's own files. */
export async function makeLink(
  access: Access,
  names: readonly Buffer[],
  target: LinkTarget,
  { isDurable = true }: MakeLinkOptions = {},
): Promise<void> {
  using place = await walkToEntry(access.root, names);
  const { folder, name, way } = place;
  if (!name) throw systemError('EEXIST');
  await refuseUnlessInside(access.root, target.isFromRoot ? [] : way, target.names);
  const up = target.isFromRoot ? way.map(() => Buffer.from('..')) : [];
  const text = joinNames([...up, ...target.names]);
  await createLink(access, folder, name, text.length > 0 ? text : Buffer.from('.'));
  if (isDurable) await folder.sync();
}

/** Makes a link that says exactly this. Whoever calls it has seen where it leads. */
export async function createLink(access: Access, folder: Folder, name: Buffer, text: Buffer): Promise<void> {
  using reservation = access.quota.reserve(mostLinkBytes);
  await folder.at(name, (path) => symlink(text, path));
  try {
    await using made = await folder.pin(name);
    if (!isOurs(made.stats)) {
      throw new AppError('conflict', 'The link was replaced while it was being made; try again');
    }
    await give(made, access.owner);
    reservation.settle(allocatedBytesOf(made.stats));
  } catch (error) {
    await folder.at(name, (path) => unlink(path)).catch(() => {});
    throw error;
  }
}

/**
 * Throws when a link in the folder of these names would lead out of the root: by what is there now, or, as far as
 * nothing is there yet, by its names alone.
 */
export async function refuseUnlessInside(
  root: Folder,
  way: readonly Buffer[],
  target: readonly Buffer[],
): Promise<void> {
  try {
    await using _found = await walkToTarget(root, [...way, ...target]);
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
    let depth = way.length;
    for (const name of target) {
      if (isDotDot(name)) depth -= 1;
      else if (!isDot(name)) depth += 1;
      if (depth < 0) throw leadsOutside();
    }
  }
}

/** Whoever owns the folder may put something else in its place at any moment. */
function isOurs(stats: Stats): boolean {
  return stats.isSymbolicLink() && (process.getuid === undefined || stats.uid === process.getuid());
}

function notALink(): AppError {
  return new AppError('invalid_input', 'This is not a link');
}
