import { hasCode } from '../../api/errors.ts';
import { copyPath, renamePath, statPath } from './file-calls.ts';
import { type FilePath, pathKey } from './file-path.ts';
import { askInBatch } from './name-conflict.ts';
import { freePath } from './transfers/upload-file.ts';

export interface PlaceResult {
  placed: number;
  /** What the panel refused; nothing of it is there. */
  refused: { name: string; error: unknown }[];
}

/** Moves or copies one; refused with `conflict` when something is there, unless it is to be replaced. */
type Place = (serverId: string, path: FilePath, to: FilePath, replace?: boolean) => Promise<void>;

type PlacePaths = (serverId: string, paths: readonly FilePath[], folder: FilePath) => Promise<PlaceResult>;

/** Moves files and folders into a folder, one after the other, asking where a name is taken. */
export const movePaths: PlacePaths = (...where) => placePaths(renamePath, ...where);

/** Copies them likewise; what is copied to where it is gets a number. */
export const copyPaths: PlacePaths = (...where) => placePaths(copyPath, ...where);

async function placePaths(place: Place, ...[serverId, paths, folder]: Parameters<PlacePaths>) {
  const ask = askInBatch();
  const result: PlaceResult = { placed: 0, refused: [] };
  for (const path of paths) {
    const name = path.at(-1);
    if (!name) continue;
    try {
      if (await placeOne(path, [...folder, name], name.text)) result.placed += 1;
    } catch (error) {
      result.refused.push({ name: name.text, error });
    }
  }
  return result;

  async function placeOne(path: FilePath, to: FilePath, name: string): Promise<boolean> {
    if (pathKey(path) === pathKey(to)) {
      await place(serverId, path, await freePath(serverId, folder, name));
      return true;
    }
    try {
      await place(serverId, path, to);
      return true;
    } catch (error) {
      const taken = hasCode(error, 'conflict') && (await statPath(serverId, to));
      if (!taken) throw error;
      const choice = await ask(name, taken.type !== 'folder');
      if (choice === 'skip') return false;
      if (choice === 'replace') await place(serverId, path, to, true);
      else await place(serverId, path, await freePath(serverId, folder, name));
      return true;
    }
  }
}
