import { AppError } from '@catalyst/shared/contract/errors';
import { uint32 } from '@catalyst/shared/node/sftp/fields';
import { mostHandles } from '@catalyst/shared/node/sftp/protocol';
import type { EntryStats } from '../entry-stats.ts';
import type { WritableFile } from '../open-for-writing.ts';
import type { ReadableFile } from '../read-file.ts';
import type { Listing } from './listing.ts';

export interface OpenFile {
  kind: 'file';
  reader: Pick<ReadableFile | WritableFile, 'read'> | null;
  writer: WritableFile | null;
  appends: boolean;
  stat(): Promise<EntryStats>;
  close(): Promise<void>;
}

export type OpenHandle = OpenFile | Listing;

/** What one session has open. */
export class OpenHandles {
  readonly #open = new Map<number, OpenHandle>();
  #last = 0;

  /** Throws `limit_reached`; before anything is opened that could not be kept. */
  ensureRoom(): void {
    if (this.#open.size >= mostHandles) {
      throw new AppError('limit_reached', `A session has at most ${mostHandles} files and folders open`);
    }
  }

  /** Its handle, which is never given to anything else in this session. */
  add(handle: OpenHandle): Buffer {
    this.#last += 1;
    this.#open.set(this.#last, handle);
    return uint32(this.#last);
  }

  file(handle: Buffer): OpenFile {
    const found = this.#find(handle);
    if (found.kind !== 'file') throw noSuchHandle();
    return found;
  }

  folder(handle: Buffer): Listing {
    const found = this.#find(handle);
    if (found.kind !== 'folder') throw noSuchHandle();
    return found;
  }

  any(handle: Buffer): OpenHandle {
    return this.#find(handle);
  }

  async close(handle: Buffer): Promise<void> {
    const found = this.#find(handle);
    this.#open.delete(handle.readUInt32BE());
    await found.close();
  }

  async closeAll(): Promise<void> {
    const all = [...this.#open.values()];
    this.#open.clear();
    await Promise.allSettled(all.map((handle) => handle.close()));
  }

  #find(handle: Buffer): OpenHandle {
    const found = handle.length === 4 ? this.#open.get(handle.readUInt32BE()) : undefined;
    if (!found) throw noSuchHandle();
    return found;
  }
}

const noSuchHandle = () => new AppError('bad_request', 'There is no such handle');
