import type { Readable } from 'node:stream';
import { AppError } from '@catalyst/shared/contract/errors';
import { mostUploads } from '@catalyst/shared/features/uploads-link';
import { refuseUnexpected, WritingTurn } from '../calls/receive-file.ts';
import type { ServerDirectory } from '../server-directory.ts';
import { joinNames, parsePath } from '../server-path.ts';
import { uploadNames } from '../temporary-name.ts';
import { foundUploads, lastTouched, removeExpiredUploads, uploadLifetimeMs } from './expired-uploads.ts';
import { readRecord, removeUpload, type UploadRecord, writeRecord } from './upload-record.ts';

export type NewUpload = Omit<UploadRecord, 'createdAt' | 'state'>;

export interface UploadStatus extends UploadRecord {
  offsetBytes: number;
  expiresAt: number;
  /** Not so for who asks again. */
  isJustFinished?: boolean;
}

interface Running {
  stop: AbortController;
  ended: Promise<void>;
}

/** By the door to a server's folder: one writer for each upload, whichever connection of the panel asks. */
const running = new WeakMap<ServerDirectory, Map<string, Running>>();

/** Uploads that come in pieces, and go on after a restart of the panel, the agent or whoever sends them. */
export class Uploads {
  readonly #directory: ServerDirectory;

  constructor(directory: ServerDirectory) {
    this.#directory = directory;
  }

  /** What cannot be put in its place at the end is refused now, as far as that can be known. */
  async begin(upload: NewUpload): Promise<UploadStatus> {
    const directory = this.#directory;
    const open = [...(await foundUploads(directory)).values()].filter(({ isOpen }) => isOpen);
    if (open.length >= mostUploads) {
      throw new AppError(
        'limit_reached',
        `A server has at most ${mostUploads} unfinished uploads; cancel some`,
      );
    }
    const target = targetOf(upload);
    const names = parsePath(target);
    if (names.length === 0) throw new AppError('bad_request', "A file cannot replace the server's folder");
    const { type } = await directory.stat(joinNames(names.slice(0, -1)), { links: 'follow' });
    if (type !== 'folder') throw new AppError('invalid_input', 'There is no folder where this should go');
    await refuseUnexpected(directory, target, upload);
    // Only to see whether it fits: each piece is reserved when it comes, since others write meanwhile.
    directory.quota.reserve(upload.sizeBytes)[Symbol.dispose]();
    await (await directory.openForWriting(uploadNames(upload.id).part, { ifMissing: 'create' })).close();
    await writeRecord(directory, { ...upload, createdAt: Date.now(), state: 'open' });
    return this.status(upload.id);
  }

  /** Of one of which all has come also ends what a crash has interrupted: giving it its name. */
  async status(id: string): Promise<UploadStatus> {
    const record = await readRecord(this.#directory, id);
    if (record.state === 'finished') return this.#told(record, record.sizeBytes);
    const offsetBytes = await this.#partBytes(id);
    if (offsetBytes === undefined && record.state === 'finishing') return this.#finished(record);
    if (offsetBytes === record.sizeBytes && !this.#running.has(id)) return this.#finish(record);
    return this.#told(record, offsetBytes ?? 0);
  }

  /** What has come of a body that breaks off stays; whoever was writing before is stopped. */
  async append(id: string, offsetBytes: number, body: Readable): Promise<UploadStatus> {
    try {
      for (let before = this.#running.get(id); before; before = this.#running.get(id)) {
        before.stop.abort();
        await before.ended;
      }
      const stop = new AbortController();
      const { promise: ended, resolve: end } = Promise.withResolvers<void>();
      this.#running.set(id, { stop, ended });
      try {
        await this.#append(id, offsetBytes, body, stop.signal);
      } finally {
        this.#running.delete(id);
        end();
      }
      return await this.status(id);
    } finally {
      body.destroy();
    }
  }

  async list(): Promise<UploadStatus[]> {
    await removeExpiredUploads(this.#directory);
    const found: UploadStatus[] = [];
    for (const id of (await foundUploads(this.#directory)).keys()) {
      const record = await readRecord(this.#directory, id).catch((error: unknown) => {
        // Ended since, or spoilt by the game.
        if (error instanceof AppError && error.code === 'not_found') return undefined;
        throw error;
      });
      if (record?.state !== 'open') continue;
      found.push(await this.#told(record, (await this.#partBytes(id)) ?? 0));
    }
    return found.sort((a, b) => a.createdAt - b.createdAt);
  }

  async cancel(id: string): Promise<UploadRecord> {
    const record = await readRecord(this.#directory, id);
    const writer = this.#running.get(id);
    writer?.stop.abort();
    await writer?.ended;
    await removeUpload(this.#directory, id);
    return record;
  }

  get #running(): Map<string, Running> {
    const known = running.get(this.#directory) ?? new Map<string, Running>();
    running.set(this.#directory, known);
    return known;
  }

  async #append(id: string, offsetBytes: number, body: Readable, signal: AbortSignal): Promise<void> {
    const { sizeBytes, state } = await readRecord(this.#directory, id);
    if (state !== 'open') {
      if (state === 'finished' && offsetBytes === sizeBytes) return;
      throw new AppError('conflict', 'This upload is complete');
    }
    const { part } = uploadNames(id);
    await using file = await this.#directory.openForWriting(part, { ifMissing: 'create' });
    let writtenBytes = (await file.stat()).sizeBytes;
    if (writtenBytes !== offsetBytes) {
      throw new AppError('conflict', `The upload goes on at ${writtenBytes} bytes, not at ${offsetBytes}`);
    }
    const stopped = () => body.destroy(new AppError('conflict', 'Another request goes on with this upload'));
    signal.addEventListener('abort', stopped, { once: true });
    if (signal.aborted) stopped();
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        if (chunk.length > sizeBytes - writtenBytes) {
          throw new AppError('payload_too_large', `The upload was said to have ${sizeBytes} bytes`);
        }
        await file.append(chunk);
        writtenBytes += chunk.length;
      }
    } finally {
      // What is told to have come must survive a power cut.
      await file.sync();
    }
  }

  /** Whatever is refused now would be refused for ever: nothing of it is left then. */
  async #finish(record: UploadRecord): Promise<UploadStatus> {
    const directory = this.#directory;
    const turn = new WritingTurn(directory);
    try {
      await turn.begin();
      const again = await readRecord(directory, record.id);
      if (again.state === 'finished') return await this.#told(again, again.sizeBytes);
      const target = targetOf(record);
      await refuseUnexpected(directory, target, record);
      await writeRecord(directory, { ...record, state: 'finishing' });
      await directory.putInPlace(uploadNames(record.id).part, target);
      return await this.#finished(record);
    } catch (error) {
      if (error instanceof AppError && refusals.includes(error.code))
        await removeUpload(directory, record.id);
      throw error;
    } finally {
      turn.end();
    }
  }

  /** It stays known for a while: who sent it may not have been told. */
  async #finished(record: UploadRecord): Promise<UploadStatus> {
    const finished = { ...record, state: 'finished' } as const;
    await writeRecord(this.#directory, finished);
    return { ...(await this.#told(finished, record.sizeBytes)), isJustFinished: true };
  }

  async #told(record: UploadRecord, offsetBytes: number): Promise<UploadStatus> {
    const touched = (await lastTouched(this.#directory, record.id)) ?? record.createdAt;
    return { ...record, offsetBytes, expiresAt: touched + uploadLifetimeMs };
  }

  async #partBytes(id: string): Promise<number | undefined> {
    try {
      return (await this.#directory.stat(uploadNames(id).part)).sizeBytes;
    } catch (error) {
      if (error instanceof AppError && error.code === 'not_found') return undefined;
      throw error;
    }
  }
}

const refusals = [
  'conflict',
  'precondition_failed',
  'invalid_input',
  'bad_request',
  'not_found',
  'forbidden',
];

const targetOf = ({ pathBase64 }: Pick<UploadRecord, 'pathBase64'>) => Buffer.from(pathBase64, 'base64');
