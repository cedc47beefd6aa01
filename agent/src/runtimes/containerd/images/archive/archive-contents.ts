import { createHash, randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { AppError } from '@catalyst/shared/contract/errors';
import type { ContentStore } from '../content-store.ts';
import { digestPattern } from '../image-reference.ts';
import { type ArchiveEntry, archiveEntries } from './archive-entries.ts';

/** Lists of what is in the archive are read here; all else goes to containerd unseen. */
const listNames = ['oci-layout', 'index.json', 'manifest.json'];
const maxListBytes = 4 * 1024 * 1024;

/** A file of an archive that containerd has now. */
export interface StoredFile {
  digest: string;
  size: number;
  compression: 'none' | 'gzip' | 'zstd';
}

export interface ArchiveContents {
  lists: Map<string, Buffer>;
  /** By name in the archive; links are followed within it. */
  file(name: string): StoredFile | null;
  digests: ReadonlySet<string>;
}

/** Reads an archive once from front to end; every file goes into the content store under the lease, by its digest. */
export async function storeArchive(
  source: Readable,
  contents: ContentStore,
  { lease, signal, onBytes }: { lease: string; signal: AbortSignal; onBytes(bytes: number): void },
): Promise<ArchiveContents> {
  const lists = new Map<string, Buffer>();
  const files = new Map<string, StoredFile>();
  const links = new Map<string, string>();
  for await (const entry of archiveEntries(source, onBytes)) {
    const { name, linksTo } = entry;
    if (linksTo !== null) links.set(name, linksTo);
    else if (listNames.includes(name)) lists.set(name, await readList(entry));
    else files.set(name, await storeFile(entry, contents, { lease, signal }));
  }
  const digests = new Set([...files.values()].map(({ digest }) => digest));
  return { lists, digests, file: (name) => files.get(name) ?? files.get(links.get(name) ?? '') ?? null };
}

async function readList({ name, size, body }: ArchiveEntry): Promise<Buffer> {
  if (size > maxListBytes) throw new AppError('invalid_input', `The archive's ${name} is too large.`);
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function storeFile(
  { name, size, body }: ArchiveEntry,
  contents: ContentStore,
  options: { lease: string; signal: AbortSignal },
): Promise<StoredFile> {
  const hash = createHash('sha256');
  let head = Buffer.alloc(0);
  const watched = async function* () {
    for await (const chunk of body) {
      hash.update(chunk);
      if (head.length < 4) head = Buffer.concat([head, chunk.subarray(0, 4)]);
      yield chunk;
    }
  };
  const digest = await contents.ingestUnnamed(`catalyst-import-${randomUUID()}`, size, watched(), {
    ...options,
    digest: () => {
      const found = `sha256:${hash.digest('hex')}`;
      if (found === promisedDigest(name, found)) return found;
      throw new AppError('invalid_input', `The archive is damaged: ${name} is not what its name promises.`);
    },
  });
  return { digest, size, compression: compressionOf(head) };
}

/** In a layout of OCI the name of a file tells its digest; elsewhere it promises nothing. */
function promisedDigest(name: string, otherwise: string): string {
  const digest = name.replace(/^blobs\/sha256\//, 'sha256:');
  return digestPattern.test(digest) ? digest : otherwise;
}

function compressionOf(head: Buffer): StoredFile['compression'] {
  if (head.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b]))) return 'gzip';
  if (head.subarray(0, 4).equals(Buffer.from([0x28, 0xb5, 0x2f, 0xfd]))) return 'zstd';
  return 'none';
}
