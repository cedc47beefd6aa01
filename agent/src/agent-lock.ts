import { randomBytes } from 'node:crypto';
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { lockHolder } from '@catalyst/shared/node/lock-holder';
import { identify } from '@catalyst/shared/node/process-identity';
import { StartError } from '@catalyst/shared/node/start-error';
import { createFileAtomically } from '@catalyst/shared/node/write-file-atomically';
import { toStartError } from './to-start-error.ts';

/**
 * Takes the data folder for this process: `{ pid, startTime }`, so that a pid used again is not mistaken for us. Throws
 * a StartError while another agent has it, or when the disk does not let it. Returns the way to give it back.
 */
export async function takeAgentLock(path: string): Promise<() => Promise<void>> {
  const own = JSON.stringify(identify(process.pid));
  for (let attempt = 0; attempt < 20; attempt++) {
    if (await isTaken(path, own)) {
      return async () => {
        if ((await read(path)) === own) await rm(path, { force: true });
      };
    }
  }
  throw new StartError(`The lock ${path} could not be taken; is another agent starting?`);
}

async function isTaken(path: string, own: string): Promise<boolean> {
  try {
    const found = await read(path);
    if (found === null) return await createFileAtomically(path, own, 0o644);
    const holder = lockHolder(path);
    if (!holder) return await takeStale(path, found, own);
    throw new StartError(
      `Another agent (process ${holder.pid}) already uses this data folder; its lock is ${path}`,
    );
  } catch (error) {
    // Another agent that is starting has cleaned up.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw toStartError(error, path);
  }
}

/**
 * Moved aside before it is judged again: between two agents that both find it stale only one moves it. Written over
 * where it is and moved back, which needs no room: an agent killed by a full disk must be able to start again.
 */
async function takeStale(path: string, stale: string, own: string): Promise<boolean> {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(path, aside);
  } catch {
    return false;
  }
  try {
    // Another agent has taken it since it was read, if it is not the same.
    const isStale = (await read(aside)) === stale;
    if (isStale) await overwrite(aside, own);
    await link(aside, path);
    return isStale;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

async function overwrite(path: string, content: string): Promise<void> {
  await using file = await open(path, 'r+');
  await file.write(content, 0);
  await file.truncate(Buffer.byteLength(content));
  await file.sync();
}

async function read(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}
