import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { writeFileAtomically } from '@catalyst/shared/node/write-file-atomically';
import { z } from 'zod';
import type { AuditEntryRow } from './audit-entry.entity.ts';
import type { AuditHead } from './audit-head.ts';
import { chainLine, rowOfLine } from './chain-line.ts';

/** Says what an archive holds; written last, so that an archive without one is none. */
const Manifest = z.object({
  firstSeq: z.int(),
  lastSeq: z.int(),
  lastHash: z.string(),
  firstAt: z.int(),
  lastAt: z.int(),
  signature: z.string(),
});
export type ArchiveManifest = z.output<typeof Manifest> & { name: string };

const manifestName = /^audit-\d{12}-\d{12}\.json$/;
const rowsPerPart = 500;

export type ArchivePart = { name: string; rows: AuditEntryRow[] } | { name: string; problem: string };

/** All archived rows in order, a few at a time; ends with the first archive that cannot be read or was changed. */
export async function* readArchives(head: AuditHead): AsyncGenerator<ArchivePart> {
  for (const name of await manifestNames(head)) {
    try {
      yield* readArchive(head, await readManifest(head, name));
    } catch (error) {
      yield { name, problem: `The archive ${name} cannot be read: ${(error as Error).message}` };
      return;
    }
  }
}

/** Oldest first. Throws for one that was changed. */
export async function listArchives(head: AuditHead): Promise<(ArchiveManifest & { sizeBytes: number })[]> {
  const names = await manifestNames(head);
  return Promise.all(
    names.map(async (name) => {
      const { size } = await stat(dataPath(head, name));
      return { ...(await readManifest(head, name)), sizeBytes: size };
    }),
  );
}

/** The last of them, read alone. */
export async function newestArchive(head: AuditHead): Promise<ArchiveManifest | undefined> {
  const name = (await manifestNames(head)).at(-1);
  return name === undefined ? undefined : readManifest(head, name);
}

/** Writes the rows, which are not empty, to a file, and reads it back. Whatever a crash left of it is written over. */
export async function writeArchive(
  head: AuditHead,
  range: { firstSeq: number; lastSeq: number },
  parts: AsyncIterable<AuditEntryRow[]>,
): Promise<void> {
  const digits = (seq: number) => String(seq).padStart(12, '0');
  const name = `audit-${digits(range.firstSeq)}-${digits(range.lastSeq)}.json`;
  const path = dataPath(head, name);
  const draft = `${path}.draft`;
  await mkdir(head.archiveFolder, { recursive: true, mode: 0o700 });
  let first: AuditEntryRow | undefined;
  let last: AuditEntryRow | undefined;
  const lines = async function* () {
    for await (const rows of parts) {
      first ??= rows[0];
      last = rows.at(-1) ?? last;
      yield rows.map(chainLine).join('');
    }
  };
  try {
    // Flushed to the disk before it is closed: the entries are about to leave the database.
    const file = createWriteStream(draft, { mode: 0o600, flush: true });
    await pipeline(Readable.from(lines()), createGzip(), file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  if (!first || !last) throw new Error('An archive without entries');
  await rename(draft, path);
  const said = { ...range, lastHash: last.hash, firstAt: first.at.getTime(), lastAt: last.at.getTime() };
  const manifest = { ...said, signature: head.signText(signedText(said)) };
  for await (const _ of readArchive(head, { ...manifest, name }));
  await writeFileAtomically(join(head.archiveFolder, name), `${JSON.stringify(manifest)}\n`);
}

async function* readArchive(head: AuditHead, manifest: ArchiveManifest): AsyncGenerator<ArchivePart> {
  const { name } = manifest;
  const source = createReadStream(dataPath(head, name));
  const unzipped = createGunzip();
  // An error of the file would otherwise be nobody's.
  source.on('error', (error) => unzipped.destroy(error));
  let rows: AuditEntryRow[] = [];
  let last: AuditEntryRow | undefined;
  try {
    for await (const line of createInterface({ input: source.pipe(unzipped) })) {
      last = rowOfLine(line);
      rows.push(last);
      if (rows.length < rowsPerPart) continue;
      yield { name, rows };
      rows = [];
    }
  } finally {
    source.destroy();
  }
  if (rows.length > 0) yield { name, rows };
  if (last?.seq !== manifest.lastSeq || last.hash !== manifest.lastHash) {
    throw new Error('it does not hold what it did when it was signed');
  }
}

export async function manifestNames(head: AuditHead): Promise<string[]> {
  try {
    const names = await readdir(head.archiveFolder);
    return names.filter((name) => manifestName.test(name)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function readManifest(head: AuditHead, name: string): Promise<ArchiveManifest> {
  const manifest = Manifest.parse(JSON.parse(await readFile(join(head.archiveFolder, name), 'utf8')));
  if (!head.isSignedText(signedText(manifest), manifest.signature)) {
    throw new Error('its signature is not of this panel');
  }
  return { ...manifest, name };
}

const dataPath = (head: AuditHead, name: string) =>
  join(head.archiveFolder, name.replace(/\.json$/, '.ndjson.gz'));

const signedText = (said: Omit<ArchiveManifest, 'signature' | 'name'>) =>
  ['catalyst-audit-archive', said.firstSeq, said.lastSeq, said.lastHash, said.firstAt, said.lastAt].join(
    '\n',
  );
