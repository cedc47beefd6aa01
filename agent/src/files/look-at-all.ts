import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { errorCode } from './file-errors.ts';
import type { Folder } from './folder.ts';

/** lstat of several entries at once, undefined for what is gone. */
export function lookAtAll(folder: Folder, names: readonly Buffer[]): Promise<(Stats | undefined)[]> {
  return allDone(names.map((name) => lookAt(folder, name)));
}

/** Promise.all that waits for the others when one fails, so that nothing goes on in a folder that is given up. */
export async function allDone<T>(works: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(works);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

export async function lookAt(folder: Folder, name: Buffer): Promise<Stats | undefined> {
  try {
    return await folder.at(name, (path) => lstat(path));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
