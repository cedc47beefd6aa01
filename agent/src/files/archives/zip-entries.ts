import { constants } from 'node:fs';
import { promisify } from 'node:util';
import { crc32, createInflateRaw, inflateRaw } from 'node:zlib';
import { AppError } from '@catalyst/shared/contract/errors';
import type { Entry, ZipFile } from 'yauzl';
import type { ReadableFile } from '../read-file.ts';
import { type ArchiveEntry, refusedEntry, smallFileBytes } from './archive-entry.ts';
import type { ArchiveLimits } from './archive-limits.ts';
import { readExactly } from './read-exactly.ts';
import { through } from './through.ts';
import { zipFileReader } from './zip-file-reader.ts';

const inflate = promisify(inflateRaw);
const unix = 3;
const macos = 19;
const { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } = constants;
const kinds = new Map<number, ArchiveEntry['type']>([
  [0, 'file'],
  [S_IFREG, 'file'],
  [S_IFDIR, 'folder'],
  [S_IFLNK, 'link'],
]);

/**
 * The entries of a zip archive by its own list of them. Before the first is given all are looked at: none may lie over
 * another, be encrypted, or be packed in a way that is not known.
 */
export async function* zipEntries(
  file: ReadableFile,
  limits: ArchiveLimits,
): AsyncGenerator<ArchiveEntry, void> {
  refuseOverlaps(await placesOf(file, limits));
  for await (const { zip, entry } of listed(file)) yield toEntry(file, zip, entry, limits);
}

/** As `zipEntries`, without looking at any content. */
export async function* listZip(
  file: ReadableFile,
  limits: ArchiveLimits,
): AsyncGenerator<ArchiveEntry, void> {
  for await (const { zip, entry } of listed(file)) {
    limits.countEntry(entry.fileNameRaw.length);
    yield toEntry(file, zip, entry, limits);
  }
}

async function* listed(file: ReadableFile): AsyncGenerator<{ zip: ZipFile; entry: Entry }, void> {
  const { default: yauzl } = await import('yauzl');
  const reader = zipFileReader(yauzl, file);
  const options = { autoClose: false, decodeStrings: false, lazyEntries: true };
  try {
    const zip = await yauzl.fromRandomAccessReaderPromise(reader, file.stats.sizeBytes, options);
    for await (const entry of zip.eachEntry()) yield { zip, entry };
  } catch (error) {
    throw readable(error);
  }
}

interface Place {
  start: number;
  end: number;
  path: Buffer;
}

async function placesOf(file: ReadableFile, limits: ArchiveLimits): Promise<Place[]> {
  const places: Place[] = [];
  let claimedBytes = 0;
  for await (const { entry } of listed(file)) {
    const path = Buffer.from(entry.fileNameRaw);
    limits.countEntry(path.length);
    if (entry.isEncrypted()) throw refusedEntry(path, 'is encrypted');
    if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) {
      throw refusedEntry(path, `is packed by method ${entry.compressionMethod}; only deflate is known`);
    }
    claimedBytes += entry.uncompressedSize;
    limits.refuseClaim(claimedBytes);
    const start = entry.relativeOffsetOfLocalHeader;
    places.push({ start, end: start + 30 + path.length + entry.compressedSize, path });
  }
  limits.restart();
  return places;
}

function refuseOverlaps(places: Place[]): void {
  let end = 0;
  for (const place of places.sort((one, other) => one.start - other.start)) {
    if (place.start < end) throw refusedEntry(place.path, 'lies over another entry');
    end = place.end;
  }
}

function toEntry(file: ReadableFile, zip: ZipFile, entry: Entry, limits: ArchiveLimits): ArchiveEntry {
  const { fileNameRaw, uncompressedSize, externalFileAttributes } = entry;
  const path = Buffer.from(fileNameRaw);
  const system = entry.versionMadeBy >> 8;
  const mode = system === unix || system === macos ? externalFileAttributes >>> 16 : 0;
  const type = path.at(-1) === 0x2f ? 'folder' : kinds.get(mode & S_IFMT);
  if (!type) throw refusedEntry(path, 'is a device, a FIFO or a socket');
  if (type === 'link' && uncompressedSize > 4095) throw refusedEntry(path, 'is a link to an overlong path');
  const content = { file, zip, entry, limits };
  const isSmall = uncompressedSize <= smallFileBytes && entry.compressedSize <= 2 * smallFileBytes;
  return {
    ...{ path, type, sizeBytes: type === 'folder' ? 0 : uncompressedSize },
    mode: mode === 0 ? null : mode & 0o7777,
    modifiedAt: entry.getLastModDate(),
    leadsTo: null,
    body: () => (isSmall ? wholeOf(content) : chunksOf(content)),
  };
}

interface Content {
  file: ReadableFile;
  zip: ZipFile;
  entry: Entry;
  limits: ArchiveLimits;
}

async function wholeOf({ file, zip, entry, limits }: Content): Promise<Buffer> {
  const { compressedSize, uncompressedSize, compressionMethod } = entry;
  try {
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    const packed = await readExactly(file, fileDataStart, compressedSize);
    const isPacked = compressionMethod === 8;
    const content = isPacked ? await inflate(packed, { maxOutputLength: uncompressedSize + 1 }) : packed;
    if (content.length !== uncompressedSize) throw lyingSize(entry);
    if (crc32(content) !== entry.crc32) throw wrongSum(entry);
    limits.countBytes(content.length);
    return content;
  } catch (error) {
    const isLonger = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw isLonger ? lyingSize(entry) : readable(error);
  }
}

async function* chunksOf({ file, zip, entry, limits }: Content): AsyncGenerator<Buffer, void> {
  const { compressedSize, uncompressedSize, compressionMethod } = entry;
  let length = 0;
  let sum = 0;
  try {
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    const packed = file.chunks({ offsetBytes: fileDataStart, lengthBytes: compressedSize });
    for await (const chunk of compressionMethod === 8 ? inflated(packed) : packed) {
      length += chunk.length;
      if (length > uncompressedSize) throw lyingSize(entry);
      limits.countBytes(chunk.length);
      sum = crc32(chunk, sum);
      yield chunk;
    }
  } catch (error) {
    throw readable(error);
  }
  if (length !== uncompressedSize) throw lyingSize(entry);
  if (sum !== entry.crc32) throw wrongSum(entry);
}

function inflated(packed: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  return through(packed, createInflateRaw({ chunkSize: smallFileBytes }));
}

const lyingSize = ({ fileNameRaw }: Entry) => refusedEntry(fileNameRaw, 'has another size than it says');
const wrongSum = ({ fileNameRaw }: Entry) => refusedEntry(fileNameRaw, 'is damaged: its checksum is wrong');

/** What the library and zlib say of an archive is about its bytes; what comes from the disk is not. */
function readable(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError || error.name === 'AbortError') return error;
  if ('syscall' in error) return error;
  return new AppError(
    'invalid_input',
    `The archive is damaged, or is no zip: ${error.message.slice(0, 200)}`,
    {
      cause: error,
    },
  );
}
