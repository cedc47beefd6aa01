import { AppError } from '@catalyst/shared/contract/errors';

export const blockBytes = 512;

/** One header block. Kept libraries read and write names as UTF-8 text; ours are bytes, which must come back the same. */
export interface TarHeader {
  path: Buffer;
  /** The character of the format, `0` for a file. */
  type: string;
  mode: number;
  sizeBytes: number;
  modifiedSeconds: number;
  linkPath: Buffer;
}

/** Null for a block of zeros, which ends an archive. Throws `invalid_input` for what is no header. */
export function readTarHeader(block: Buffer): TarHeader | null {
  if (block.every((byte) => byte === 0)) return null;
  if (numberAt(block, 148, 8) !== checksumOf(block)) throw damaged();
  // GNU tar, which says `ustar` and two spaces, keeps other things there.
  const hasPrefix = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = hasPrefix ? textAt(block, 345, 155) : Buffer.alloc(0);
  const name = textAt(block, 0, 100);
  return {
    path: prefix.length > 0 ? Buffer.concat([prefix, Buffer.from('/'), name]) : name,
    type: block[156] === 0 ? '0' : String.fromCharCode(block[156] ?? 0),
    mode: numberAt(block, 100, 8) & 0o7777,
    sizeBytes: sizeAt(block),
    modifiedSeconds: numberAt(block, 136, 12),
    linkPath: textAt(block, 157, 100),
  };
}

/** The blocks before an entry's content, in the format of GNU tar. */
export function writeTarHeader(header: TarHeader): Buffer {
  const { path, linkPath } = header;
  const blocks: Buffer[] = [];
  if (linkPath.length > 100) blocks.push(longText('K', linkPath));
  if (path.length > 100) blocks.push(longText('L', path));
  blocks.push(headerBlock(header));
  return blocks.length === 1 ? (blocks[0] as Buffer) : Buffer.concat(blocks);
}

export const paddingOf = (sizeBytes: number) => (blockBytes - (sizeBytes % blockBytes)) % blockBytes;

export function damaged(): AppError {
  return new AppError('invalid_input', 'The archive is damaged, or is no archive of this kind');
}

function longText(type: string, text: Buffer): Buffer {
  const size = text.length + 1;
  const header = { path: Buffer.from('././@LongLink'), type, mode: 0, modifiedSeconds: 0 };
  const block = headerBlock({ ...header, sizeBytes: size, linkPath: Buffer.alloc(0) });
  return Buffer.concat([block, text], blockBytes + size + paddingOf(size));
}

function headerBlock({ path, type, mode, sizeBytes, modifiedSeconds, linkPath }: TarHeader): Buffer {
  const block = Buffer.alloc(blockBytes);
  path.copy(block, 0, 0, 100);
  octal(block, 100, 8, mode);
  octal(block, 108, 8, 0);
  octal(block, 116, 8, 0);
  if (sizeBytes < 8 ** 11) octal(block, 124, 12, sizeBytes);
  else {
    block[124] = 0x80;
    block.writeBigUInt64BE(BigInt(sizeBytes), 128);
  }
  octal(block, 136, 12, Math.min(8 ** 11 - 1, Math.max(0, Math.floor(modifiedSeconds))));
  block.write(type, 156, 'latin1');
  linkPath.copy(block, 157, 0, 100);
  block.write('ustar  \0', 257, 'latin1');
  block.write(`${checksumOf(block).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function octal(block: Buffer, offset: number, length: number, value: number): void {
  block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, offset, 'latin1');
}

function checksumOf(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let index = 0; index < blockBytes; index += 1) {
    if (index < 148 || index >= 156) sum += block[index] ?? 0;
  }
  return sum;
}

function textAt(block: Buffer, offset: number, length: number): Buffer {
  const field = block.subarray(offset, offset + length);
  const end = field.indexOf(0);
  // A copy: the block is part of a large piece that is soon let go.
  return Buffer.from(end === -1 ? field : field.subarray(0, end));
}

function sizeAt(block: Buffer): number {
  const size = numberAt(block, 124, 12);
  if (!Number.isSafeInteger(size) || size < 0) throw damaged();
  return size;
}

function numberAt(block: Buffer, offset: number, length: number): number {
  const first = block[offset] ?? 0;
  // What is too large, or negative, for octal digits is in binary.
  if (first === 0x80 || first === 0xff) {
    let value = first === 0xff ? -1 : 0;
    for (let index = offset + 1; index < offset + length; index += 1)
      value = value * 256 + (block[index] ?? 0);
    return value;
  }
  const digits = block
    .toString('latin1', offset, offset + length)
    .replace(/[\0 ]+$/, '')
    .trimStart();
  if (digits !== '' && !/^[0-7]+$/.test(digits)) throw damaged();
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}
