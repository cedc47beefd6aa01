import { AppError } from '@catalyst/shared/contract/errors';
import { type ArchiveEntry, refusedEntry, smallFileBytes } from './archive-entry.ts';
import { ByteReader } from './byte-reader.ts';
import { blockBytes, damaged, paddingOf, readTarHeader, type TarHeader } from './tar-header.ts';

/** Long names and what else is said of an entry ahead of it; names are shorter, and a lie could fill the memory. */
const mostExtraBytes = 64 * 1024;

const types: Record<string, ArchiveEntry['type']> = {
  '0': 'file',
  '7': 'file',
  '1': 'hard_link',
  '2': 'link',
  '5': 'folder',
};
const refusedTypes: Record<string, string> = {
  '3': 'is a device',
  '4': 'is a device',
  '6': 'is a FIFO',
  S: 'is a file with holes, which this archive keeps in a way of its own',
};

interface Extra {
  path?: Buffer;
  linkPath?: Buffer;
  sizeBytes?: number;
  modifiedSeconds?: number;
}

/** The entries of an unpacked tar archive: ustar, GNU and pax. Reads to the end, so that a damaged end is noticed. */
export async function* tarEntries(source: AsyncIterable<Buffer>): AsyncGenerator<ArchiveEntry, void> {
  const reader = new ByteReader(source);
  try {
    let extra: Extra = {};
    while (true) {
      const block = await reader.take(blockBytes);
      if (block.length < blockBytes) throw truncated();
      const header = readTarHeader(block);
      if (!header) break;
      if (isExtra(header.type)) {
        extra = { ...extra, ...(await readExtra(reader, header)) };
        continue;
      }
      yield* oneEntry(reader, applied(header, extra));
      extra = {};
    }
    while ((await reader.take(smallFileBytes)).length > 0);
  } finally {
    await reader.close();
  }
}

async function* oneEntry(reader: ByteReader, header: TarHeader): AsyncGenerator<ArchiveEntry, void> {
  const { path, linkPath, mode, modifiedSeconds } = header;
  // Of old archives, which had no type for folders.
  const isFolder = header.type === '0' && path.at(-1) === 0x2f;
  const type = isFolder ? 'folder' : types[header.type];
  if (!type) throw refusedEntry(path, refusedTypes[header.type] ?? 'is of a kind that is not known');
  // What says it has a size and is no file has no content all the same.
  const sizeBytes = type === 'file' ? header.sizeBytes : 0;
  let left = sizeBytes;
  const rest = async function* () {
    for await (const chunk of reader.chunks(left)) {
      left -= chunk.length;
      yield chunk;
    }
    if (left > 0) throw truncated();
  };
  const whole = async () => {
    const content = await reader.take(left);
    left -= content.length;
    if (left > 0) throw truncated();
    return content;
  };
  const isLink = type === 'link' || type === 'hard_link';
  yield {
    ...{ path, type, sizeBytes, mode, modifiedAt: timeOf(modifiedSeconds) },
    leadsTo: isLink ? linkPath : null,
    body: sizeBytes <= smallFileBytes ? whole : rest,
  };
  if (!(await reader.skip(left + paddingOf(sizeBytes)))) throw truncated();
}

/** No file system keeps more, and times before 1970 not everywhere. */
const timeOf = (seconds: number) => new Date(Math.min(Math.max(0, seconds), 2 ** 34 - 1) * 1000);

const isExtra = (type: string) => ['x', 'g', 'L', 'K', 'V'].includes(type);

async function readExtra(reader: ByteReader, { type, sizeBytes, path }: TarHeader): Promise<Extra> {
  if (sizeBytes > mostExtraBytes) throw refusedEntry(path, 'has a name or notes of more than 64 KiB');
  const content = Buffer.from(await reader.take(sizeBytes));
  if (content.length < sizeBytes || !(await reader.skip(paddingOf(sizeBytes)))) throw truncated();
  if (type === 'L') return { path: withoutEnd(content) };
  if (type === 'K') return { linkPath: withoutEnd(content) };
  return type === 'x' ? readPax(content) : {};
}

/** Lines of `LENGTH KEY=VALUE`. */
function readPax(content: Buffer): Extra {
  const extra: Extra = {};
  for (let start = 0; start < content.length; ) {
    const space = content.indexOf(0x20, start);
    const length = space === -1 ? 0 : Number(content.toString('latin1', start, space));
    const end = start + length;
    if (!Number.isSafeInteger(length) || end <= space || end > content.length) throw damaged();
    const equals = content.indexOf(0x3d, space);
    if (equals === -1 || equals >= end || content[end - 1] !== 0x0a) throw damaged();
    const key = content.toString('latin1', space + 1, equals);
    const value = content.subarray(equals + 1, end - 1);
    const number = Number(value.toString('latin1'));
    if (key === 'path') extra.path = value;
    if (key === 'linkpath') extra.linkPath = value;
    if (key === 'mtime' && Number.isFinite(number)) extra.modifiedSeconds = number;
    if (key === 'size') {
      if (!Number.isSafeInteger(number) || number < 0) throw damaged();
      extra.sizeBytes = number;
    }
    if (key.startsWith('GNU.sparse')) throw refusedEntry(extra.path ?? Buffer.alloc(0), refusedTypes.S ?? '');
    start = end;
  }
  return extra;
}

function applied(header: TarHeader, extra: Extra): TarHeader {
  const { path, linkPath, sizeBytes, modifiedSeconds } = extra;
  return {
    ...header,
    ...(path && { path }),
    ...(linkPath && { linkPath }),
    ...(sizeBytes !== undefined && { sizeBytes }),
    ...(modifiedSeconds !== undefined && { modifiedSeconds }),
  };
}

function withoutEnd(text: Buffer): Buffer {
  const end = text.indexOf(0);
  return end === -1 ? text : text.subarray(0, end);
}

function truncated(): AppError {
  return new AppError('invalid_input', 'The archive breaks off: its end is missing');
}
