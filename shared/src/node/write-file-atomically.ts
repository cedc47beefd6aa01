import { randomBytes } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface WriteFileOptions {
  mode?: number;
  /** What was there before stays readable beside it, as `<path>.bak`. */
  keepPrevious?: boolean;
}

/** After a crash or a power cut the file is the old or the new one, whole. Rejects with the old one in place. */
export async function writeFileAtomically(
  path: string,
  content: string,
  { mode = 0o600, keepPrevious = false }: WriteFileOptions = {},
): Promise<void> {
  const draft = draftPath(path);
  try {
    await writeSynced(draft, content, mode);
    if (keepPrevious) await keepAsBackup(path);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Makes a file only where there is none; false when another was there first. */
export async function createFileAtomically(path: string, content: string, mode = 0o600): Promise<boolean> {
  const draft = draftPath(path);
  try {
    await writeSynced(draft, content, mode);
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  await syncFolder(dirname(path));
  return true;
}

/** Whether this is the name of something a killed write left behind. */
export function isDraftName(name: string): boolean {
  return /\.[0-9a-f]{12}\.draft$/.test(name);
}

function draftPath(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}.draft`;
}

async function writeSynced(path: string, content: string, mode: number): Promise<void> {
  await using file = await open(path, 'wx', mode);
  await file.writeFile(content);
  await file.sync();
}

async function keepAsBackup(path: string): Promise<void> {
  const draft = draftPath(path);
  try {
    await link(path, draft);
    await rename(draft, `${path}.bak`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  // Windows cannot open folders, and needs no such thing.
  if (process.platform === 'win32') return;
  await using folder = await open(path, 'r');
  await folder.sync();
}
