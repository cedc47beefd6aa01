import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { promisify } from 'node:util';
import { crc32, createDeflateRaw, deflateRaw } from 'node:zlib';
import { smallFileBytes } from './archive-entry.ts';
import type { Packer } from './packer.ts';
import type { SmallStats } from './small-files-worker.ts';
import { through } from './through.ts';
import {
  centralHeader,
  dataDescriptor,
  endOfCentralDirectory,
  localHeader,
  type ZipRecord,
} from './zip-records.ts';

const deflate = promisify(deflateRaw);
/** Deflated at the same time, in threads. */
const filesAtOnce = 8;

interface Packed {
  record: ZipRecord;
  content: Buffer;
}

/** Names are the bytes they are: those in UTF-8 are marked as such, others are read back the same by unzip and by us. */
export class ZipPacker implements Packer {
  readonly output = new PassThrough({ highWaterMark: 512 * 1024 });
  readonly #ended = new AbortController();
  readonly #central: Buffer[] = [];
  /** In the order in which they are written. */
  #packing: Promise<Packed>[] = [];
  #offsetBytes = 0;

  constructor() {
    this.output.once('close', () => this.#ended.abort());
    // Whoever reads is told.
    this.output.on('error', () => {});
  }

  async folder(path: Buffer, stats: SmallStats): Promise<void> {
    const record = recordOf(Buffer.concat([path, Buffer.from('/')]), stats, 0o040000 | (stats.mode & 0o777));
    await this.#later(Promise.resolve({ record, content: Buffer.alloc(0) }));
  }

  async link(path: Buffer, stats: SmallStats, text: Buffer): Promise<void> {
    await this.#later(Promise.resolve(stored(recordOf(path, stats, 0o120777), text)));
  }

  async file(
    path: Buffer,
    stats: SmallStats,
    sizeBytes: number,
    content: Buffer | AsyncIterable<Buffer>,
  ): Promise<void> {
    const record = recordOf(path, stats, 0o100000 | (stats.mode & 0o777));
    if (Buffer.isBuffer(content)) await this.#later(deflated(record, content));
    else await this.#stream({ ...record, isDeflated: true, isStreamed: true, sizeBytes }, content);
  }

  async end(): Promise<void> {
    await this.#writeAll();
    const start = this.#offsetBytes;
    for (const record of this.#central) await this.#write(record);
    const directory = { start, end: this.#offsetBytes, entries: this.#central.length };
    await this.#write(endOfCentralDirectory(directory));
    this.output.end();
  }

  destroy(error: Error): void {
    this.output.destroy(error);
  }

  async #later(packed: Promise<Packed>): Promise<void> {
    // Told when its turn comes.
    packed.catch(() => {});
    this.#packing.push(packed);
    if (this.#packing.length >= filesAtOnce) await this.#writeNext();
  }

  async #writeAll(): Promise<void> {
    while (this.#packing.length > 0) await this.#writeNext();
  }

  async #writeNext(): Promise<void> {
    const packed = await this.#packing.shift();
    if (!packed) return;
    const { record, content } = packed;
    this.#central.push(centralHeader(record, this.#offsetBytes));
    await this.#write(Buffer.concat([localHeader(record), content]));
  }

  async #stream(record: ZipRecord, content: AsyncIterable<Buffer>): Promise<void> {
    await this.#writeAll();
    const start = this.#offsetBytes;
    await this.#write(localHeader(record));
    const contentStart = this.#offsetBytes;
    let sum = 0;
    const summed = async function* () {
      for await (const chunk of content) {
        sum = crc32(chunk, sum);
        yield chunk;
      }
    };
    const stream = createDeflateRaw({ chunkSize: smallFileBytes });
    for await (const chunk of through(summed(), stream)) await this.#write(chunk);
    const done = { ...record, crc: sum, packedBytes: this.#offsetBytes - contentStart };
    await this.#write(dataDescriptor(done));
    this.#central.push(centralHeader(done, start));
  }

  async #write(bytes: Buffer): Promise<void> {
    this.#ended.signal.throwIfAborted();
    this.#offsetBytes += bytes.length;
    if (!this.output.write(bytes)) await once(this.output, 'drain', { signal: this.#ended.signal });
  }
}

async function deflated(record: ZipRecord, content: Buffer): Promise<Packed> {
  const packed = await deflate(content);
  if (packed.length >= content.length) return stored(record, content);
  const sizes = { sizeBytes: content.length, packedBytes: packed.length };
  return { record: { ...record, ...sizes, crc: crc32(content), isDeflated: true }, content: packed };
}

function stored(record: ZipRecord, content: Buffer): Packed {
  const sizes = { sizeBytes: content.length, packedBytes: content.length };
  return { record: { ...record, ...sizes, crc: crc32(content) }, content };
}

function recordOf(path: Buffer, { mtimeMs }: SmallStats, mode: number): ZipRecord {
  const modifiedSeconds = Math.min(2 ** 31 - 1, Math.max(0, Math.floor(mtimeMs / 1000)));
  const empty = { crc: 0, sizeBytes: 0, packedBytes: 0, isDeflated: false, isStreamed: false };
  return { path, mode, modifiedSeconds, ...empty };
}
