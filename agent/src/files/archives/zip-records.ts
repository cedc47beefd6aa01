import { isUtf8 } from 'node:buffer';

/** One entry of a zip, in the words of its format (APPNOTE 6.3.9). */
export interface ZipRecord {
  path: Buffer;
  /** With the type, as in stat. */
  mode: number;
  modifiedSeconds: number;
  crc: number;
  sizeBytes: number;
  packedBytes: number;
  isDeflated: boolean;
  /** Sum and packed size follow the content. */
  isStreamed: boolean;
}

const madeByUnix = 3 << 8;
const mostShort = 0xffff;
const mostLong = 0xffffffff;
/** What does not pack at all may become a little larger. */
const large = 0xff000000;

export function localHeader(record: ZipRecord): Buffer {
  const { isStreamed, crc, packedBytes, sizeBytes, path } = record;
  const isLarge = sizeBytes >= large;
  const extra = Buffer.concat([
    timeExtra(record),
    ...(isLarge ? [sizesExtra([isStreamed ? 0 : sizeBytes, isStreamed ? 0 : packedBytes])] : []),
  ]);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  writeCommon(header, 4, record);
  if (!isStreamed) header.writeUInt32LE(crc, 14);
  header.writeUInt32LE(isLarge ? mostLong : isStreamed ? 0 : packedBytes, 18);
  header.writeUInt32LE(isLarge ? mostLong : isStreamed ? 0 : sizeBytes, 22);
  header.writeUInt16LE(path.length, 26);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, path, extra]);
}

export function dataDescriptor({ crc, packedBytes, sizeBytes }: ZipRecord): Buffer {
  const start = Buffer.alloc(8);
  start.writeUInt32LE(0x08074b50, 0);
  start.writeUInt32LE(crc, 4);
  const sizes = [packedBytes, sizeBytes].map(sizeBytes >= large ? eightBytes : fourBytes);
  return Buffer.concat([start, ...sizes]);
}

export function centralHeader(record: ZipRecord, offsetBytes: number): Buffer {
  const { mode, crc, packedBytes, sizeBytes, path } = record;
  const isLarge = sizeBytes >= large;
  const isFar = offsetBytes >= mostLong;
  const longs = [...(isLarge ? [sizeBytes, packedBytes] : []), ...(isFar ? [offsetBytes] : [])];
  const extra = Buffer.concat([timeExtra(record), ...(longs.length > 0 ? [sizesExtra(longs)] : [])]);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(madeByUnix | 45, 4);
  writeCommon(header, 6, record);
  header.writeUInt32LE(crc, 16);
  header.writeUInt32LE(isLarge ? mostLong : packedBytes, 20);
  header.writeUInt32LE(isLarge ? mostLong : sizeBytes, 24);
  header.writeUInt16LE(path.length, 28);
  header.writeUInt16LE(extra.length, 30);
  const isFolder = path.at(-1) === 0x2f;
  header.writeUInt32LE(((mode << 16) | (isFolder ? 0x10 : 0)) >>> 0, 38);
  header.writeUInt32LE(isFar ? mostLong : offsetBytes, 42);
  return Buffer.concat([header, path, extra]);
}

export function endOfCentralDirectory(directory: { start: number; end: number; entries: number }): Buffer {
  const { start, end, entries } = directory;
  const sizeBytes = end - start;
  const isLarge = entries >= mostShort || sizeBytes >= mostLong || start >= mostLong;
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(Math.min(entries, mostShort), 8);
  record.writeUInt16LE(Math.min(entries, mostShort), 10);
  record.writeUInt32LE(Math.min(sizeBytes, mostLong), 12);
  record.writeUInt32LE(Math.min(start, mostLong), 16);
  if (!isLarge) return record;
  const long = Buffer.alloc(56);
  long.writeUInt32LE(0x06064b50, 0);
  long.writeBigUInt64LE(44n, 4);
  long.writeUInt16LE(madeByUnix | 45, 12);
  long.writeUInt16LE(45, 14);
  for (const [index, value] of [entries, entries, sizeBytes, start].entries()) {
    long.writeBigUInt64LE(BigInt(value), 24 + 8 * index);
  }
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(end), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([long, locator, record]);
}

/** Version, flags, method, time and date. */
function writeCommon(header: Buffer, offset: number, record: ZipRecord): void {
  const { sizeBytes, path, isDeflated, isStreamed, modifiedSeconds } = record;
  header.writeUInt16LE(sizeBytes >= large ? 45 : 20, offset);
  header.writeUInt16LE((isStreamed ? 0x8 : 0) | (isUtf8(path) ? 0x800 : 0), offset + 2);
  header.writeUInt16LE(isDeflated ? 8 : 0, offset + 4);
  // The format knows no zone here, and no year before 1980; the time that counts is in the extra field.
  const time = new Date(Math.max(modifiedSeconds * 1000, Date.UTC(1980, 0, 1)));
  const seconds = (time.getUTCHours() << 11) | (time.getUTCMinutes() << 5) | (time.getUTCSeconds() >> 1);
  const days = ((time.getUTCFullYear() - 1980) << 9) | ((time.getUTCMonth() + 1) << 5) | time.getUTCDate();
  header.writeUInt16LE(seconds, offset + 6);
  header.writeUInt16LE(days, offset + 8);
}

function timeExtra({ modifiedSeconds }: ZipRecord): Buffer {
  const extra = Buffer.from([0x55, 0x54, 5, 0, 1, 0, 0, 0, 0]);
  extra.writeInt32LE(modifiedSeconds, 5);
  return extra;
}

function sizesExtra(values: number[]): Buffer {
  const start = Buffer.from([1, 0, 8 * values.length, 0]);
  return Buffer.concat([start, ...values.map(eightBytes)]);
}

function eightBytes(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function fourBytes(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
