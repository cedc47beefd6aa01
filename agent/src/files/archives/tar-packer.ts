import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { ArchiveFormat } from '@catalyst/shared/features/archives-link';
import { compressor } from './compression.ts';
import type { Packer } from './packer.ts';
import type { SmallStats } from './small-files-worker.ts';
import { blockBytes, paddingOf, writeTarHeader } from './tar-header.ts';

/** Every write is a trip to a thread: small files go together. */
const batchBytes = 512 * 1024;

/** In the format of GNU tar, which keeps names as the bytes they are. */
export class TarPacker implements Packer {
  readonly output: Duplex;
  readonly #ended = new AbortController();
  #batch: Buffer = Buffer.allocUnsafeSlow(batchBytes);
  #filled = 0;

  constructor(format: Exclude<ArchiveFormat, 'zip'>) {
    this.output = compressor(format);
    this.output.once('close', () => this.#ended.abort());
    // Whoever reads is told.
    this.output.on('error', () => {});
  }

  async folder(path: Buffer, stats: SmallStats): Promise<void> {
    await this.#add(header(Buffer.concat([path, Buffer.from('/')]), '5', stats, 0));
  }

  async link(path: Buffer, stats: SmallStats, text: Buffer): Promise<void> {
    await this.#add(header(path, '2', stats, 0, text));
  }

  async file(
    path: Buffer,
    stats: SmallStats,
    sizeBytes: number,
    content: Buffer | AsyncIterable<Buffer>,
  ): Promise<void> {
    await this.#add(header(path, '0', stats, sizeBytes));
    if (Buffer.isBuffer(content)) await this.#add(content);
    else for await (const chunk of content) await this.#add(chunk);
    await this.#add(zeros.subarray(0, paddingOf(sizeBytes)));
  }

  async end(): Promise<void> {
    await this.#add(Buffer.alloc(2 * blockBytes));
    await this.#flush();
    this.output.end();
  }

  destroy(error: Error): void {
    this.output.destroy(error);
  }

  async #add(bytes: Buffer): Promise<void> {
    for (let start = 0; start < bytes.length; ) {
      const copied = bytes.copy(this.#batch, this.#filled, start);
      start += copied;
      this.#filled += copied;
      if (this.#filled === batchBytes) await this.#flush();
    }
  }

  async #flush(): Promise<void> {
    const batch = this.#batch.subarray(0, this.#filled);
    this.#batch = Buffer.allocUnsafeSlow(batchBytes);
    this.#filled = 0;
    this.#ended.signal.throwIfAborted();
    if (!this.output.write(batch)) await once(this.output, 'drain', { signal: this.#ended.signal });
  }
}

const zeros = Buffer.alloc(blockBytes);

function header(
  path: Buffer,
  type: string,
  stats: SmallStats,
  sizeBytes: number,
  linkPath: Buffer = Buffer.alloc(0),
): Buffer {
  const mode = type === '2' ? 0o777 : stats.mode & 0o777;
  return writeTarHeader({ path, type, mode, sizeBytes, modifiedSeconds: stats.mtimeMs / 1000, linkPath });
}
