import { AppError } from '@catalyst/shared/contract/errors';
import type { ServerDirectory } from '../server-directory.ts';
import { uploadIdIn, uploadNames } from '../temporary-name.ts';
import { removeUpload } from './upload-record.ts';

/** An upload to which nothing has come for so long is given up. */
export const uploadLifetimeMs = 24 * 3_600_000;
/** How long it is known of an upload that it has ended: who sent it may not have been told. */
const finishedLifetimeMs = 10 * 60_000;

/** Of each upload whose files are in a server's folder the id (without dashes), and whether something is still to come. */
export async function foundUploads(directory: ServerDirectory): Promise<Map<string, { isOpen: boolean }>> {
  const found = new Map<string, { isOpen: boolean }>();
  for await (const { name } of directory.list('')) {
    const id = uploadIdIn(name);
    if (id === undefined) continue;
    const isPart = name.toString('latin1') === uploadNames(id).part;
    found.set(id, { isOpen: isPart || found.get(id)?.isOpen === true });
  }
  return found;
}

/** When something last came, in milliseconds; undefined when there is nothing of it. */
export async function lastTouched(directory: ServerDirectory, id: string): Promise<number | undefined> {
  const { record, part } = uploadNames(id);
  const times: number[] = [];
  for (const name of [record, part]) {
    try {
      times.push((await directory.stat(name)).modifiedAt.getTime());
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'not_found') throw error;
    }
  }
  return times.length === 0 ? undefined : Math.max(...times);
}

export async function removeExpiredUploads(directory: ServerDirectory, now = Date.now()): Promise<void> {
  for (const [id, { isOpen }] of await foundUploads(directory)) {
    const touched = await lastTouched(directory, id);
    const lifetimeMs = isOpen ? uploadLifetimeMs : finishedLifetimeMs;
    // A time in the future is none that we have written.
    if (touched !== undefined && Math.abs(now - touched) > lifetimeMs) await removeUpload(directory, id);
  }
}
