import type { Dir, Dirent } from 'node:fs';
import { opendir } from 'node:fs/promises';

const entriesAtOnce = 512;

/** Reads a folder's entries by batches, names as bytes. `use` lends the folder's path for as long as each call takes. */
export async function* readEntries(
  use: <T>(call: (path: string | Buffer) => Promise<T>) => Promise<T>,
): AsyncGenerator<Dirent<Buffer>[], void> {
  // Node takes 'buffer' here, and a Buffer as the path; only its types do not say so.
  const options = { encoding: 'buffer' as BufferEncoding, bufferSize: entriesAtOnce };
  const entries = await use((path) => opendir(path as string, options));
  try {
    while (true) {
      // Lent for each read too: where the disk tells no types, Node looks at each entry by the folder's path.
      const batch = await use(() => readBatch(entries));
      if (batch.length === 0) return;
      yield batch;
    }
  } finally {
    await entries.close();
  }
}

/** What one system call has brought is there at once; a promise for each of 200,000 entries would take most of the time. */
async function readBatch(entries: Dir): Promise<Dirent<Buffer>[]> {
  const batch: Dirent[] = [];
  for (let entry = await entries.read(); entry; entry = entries.readSync()) {
    batch.push(entry);
    if (batch.length === entriesAtOnce) break;
  }
  return batch as unknown as Dirent<Buffer>[];
}
