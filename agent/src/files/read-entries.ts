import type { Dirent } from 'node:fs';
import { opendir } from 'node:fs/promises';

const entriesAtOnce = 512;

/** Reads a folder's entries, names as bytes. `use` lends the folder's path for as long as each call takes. */
export async function* readEntries(
  use: <T>(call: (path: string | Buffer) => Promise<T>) => Promise<T>,
): AsyncGenerator<Dirent<Buffer>, void> {
  // Node takes 'buffer' here, and a Buffer as the path; only its types do not say so.
  const options = { encoding: 'buffer' as BufferEncoding, bufferSize: entriesAtOnce };
  const entries = await use((path) => opendir(path as string, options));
  try {
    while (true) {
      // Lent for each read too: where the disk tells no types, Node looks at each entry by the folder's path.
      const entry = await use(() => entries.read());
      if (!entry) return;
      yield entry as unknown as Dirent<Buffer>;
    }
  } finally {
    await entries.close();
  }
}
