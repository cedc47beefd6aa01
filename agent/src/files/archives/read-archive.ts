import type { ReadableFile } from '../read-file.ts';
import type { ArchiveEntry } from './archive-entry.ts';
import { detectFormat } from './archive-format.ts';
import type { ArchiveLimits } from './archive-limits.ts';
import { decompressed } from './compression.ts';
import { tarEntries } from './tar-entries.ts';

interface ReadArchiveOptions {
  /** Where the entries' contents are not wanted. */
  isOnlyListed?: boolean;
  /** How far in the file it is, for archives that are read from their start to their end. */
  onRead?: (bytes: number) => void;
  signal?: AbortSignal | undefined;
}

/** The entries of an archive in their order. Throws `invalid_input` for what is none, and for one that is refused. */
export async function* readArchive(
  file: ReadableFile,
  limits: ArchiveLimits,
  { isOnlyListed = false, onRead = () => {}, signal }: ReadArchiveOptions = {},
): AsyncGenerator<ArchiveEntry, void> {
  const format = await detectFormat(file);
  if (format === 'zip') {
    const { listZip, zipEntries } = await import('./zip-entries.ts');
    yield* isOnlyListed ? listZip(file, limits) : zipEntries(file, limits);
    return;
  }
  const source = counted(file.chunks(signal ? { signal } : {}), onRead);
  for await (const entry of tarEntries(decompressed(format, source, limits))) {
    limits.countEntry(entry.path.length);
    yield entry;
  }
}

async function* counted(
  chunks: AsyncIterable<Buffer>,
  onRead: (bytes: number) => void,
): AsyncGenerator<Buffer, void> {
  for await (const chunk of chunks) {
    onRead(chunk.length);
    yield chunk;
  }
}
