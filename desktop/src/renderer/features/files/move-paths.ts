import { hasCode } from '../../api/errors.ts';
import { renamePath, statPath } from './file-calls.ts';
import type { FilePath } from './file-path.ts';
import { askInBatch } from './name-conflict.ts';
import { freePath } from './transfers/upload-file.ts';

export interface MoveResult {
  moved: number;
  /** What the panel refused; nothing of it was moved. */
  refused: { name: string; error: unknown }[];
}

/** Moves files and folders into a folder, one after the other, asking where a name is taken. */
export async function movePaths(
  serverId: string,
  paths: readonly FilePath[],
  folder: FilePath,
): Promise<MoveResult> {
  const ask = askInBatch();
  const result: MoveResult = { moved: 0, refused: [] };
  for (const path of paths) {
    const name = path.at(-1);
    if (!name) continue;
    try {
      if (await moveOne(path, [...folder, name], name.text)) result.moved += 1;
    } catch (error) {
      result.refused.push({ name: name.text, error });
    }
  }
  return result;

  async function moveOne(path: FilePath, to: FilePath, name: string): Promise<boolean> {
    try {
      await renamePath(serverId, path, to);
      return true;
    } catch (error) {
      const taken = hasCode(error, 'conflict') && (await statPath(serverId, to));
      if (!taken) throw error;
      const choice = await ask(name, taken.type !== 'folder');
      if (choice === 'skip') return false;
      if (choice === 'replace') await renamePath(serverId, path, to, true);
      else await renamePath(serverId, path, await freePath(serverId, folder, name));
      return true;
    }
  }
}
