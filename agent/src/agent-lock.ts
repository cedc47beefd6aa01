import { randomBytes } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import { identify, isAlive, type ProcessIdentity } from './runtimes/process/process-identity.ts';
import { StartError } from './start-error.ts';
import { createFileAtomically } from './write-file-atomically.ts';

/**
 * Takes the data folder for this process: `{ pid, startTime }`, so that a pid used again is not mistaken for us. Throws
 * a StartError while another agent has it. Returns the way to give it back.
 */
export async function takeAgentLock(path: string): Promise<() => Promise<void>> {
  const own = JSON.stringify(identify(process.pid));
  for (let attempt = 0; attempt < 20; attempt++) {
    if (await createFileAtomically(path, own, 0o644)) {
      return async () => {
        if ((await read(path)) === own) await rm(path, { force: true });
      };
    }
    const found = await read(path);
    if (found === null) continue;
    const holder = parse(found);
    if (holder && isAlive(holder)) {
      throw new StartError(
        `Another agent (process ${holder.pid}) already uses this data folder; its lock is ${path}`,
      );
    }
    await removeStale(path, found);
  }
  throw new StartError(`The lock ${path} could not be taken; is another agent starting?`);
}

/** Moved aside before it is judged again: between two agents that both find it stale only one moves it. */
async function removeStale(path: string, stale: string): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const moved = await read(aside);
  if (moved !== null && moved !== stale) await createFileAtomically(path, moved, 0o644);
  await rm(aside, { force: true });
}

async function read(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}

function parse(text: string): ProcessIdentity | null {
  try {
    const { pid, startTime } = JSON.parse(text);
    return Number.isInteger(pid) && typeof startTime === 'string' ? { pid, startTime } : null;
  } catch {
    return null;
  }
}
