import type { Readable } from 'node:stream';
import type { ArchiveFormat } from '@catalyst/shared/features/archives-link';
import type { SmallStats } from './small-files-worker.ts';

/** Writes one archive. Each call resolves when there is room for the next. */
export interface Packer {
  /** The archive as it comes; it errors when the packer is destroyed. */
  readonly output: Readable;
  folder(path: Buffer, stats: SmallStats): Promise<void>;
  link(path: Buffer, stats: SmallStats, text: Buffer): Promise<void>;
  /** The content has exactly so many bytes as said. */
  file(
    path: Buffer,
    stats: SmallStats,
    sizeBytes: number,
    content: Buffer | AsyncIterable<Buffer>,
  ): Promise<void>;
  end(): Promise<void>;
  destroy(error: Error): void;
}

export async function openPacker(format: ArchiveFormat): Promise<Packer> {
  if (format !== 'zip') {
    const { TarPacker } = await import('./tar-packer.ts');
    return new TarPacker(format);
  }
  const { ZipPacker } = await import('./zip-packer.ts');
  return new ZipPacker();
}
