import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * The folder on the way to this one through which the users of game servers cannot pass; null when they can, or when
 * servers have no users of their own.
 */
export async function closedFolder(folder: string): Promise<string | null> {
  if (process.getuid?.() !== 0) return null;
  for (let path = folder; ; path = dirname(path)) {
    const { mode } = await stat(path);
    if ((mode & 0o001) === 0) return path;
    if (path === dirname(path)) return null;
  }
}
