import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { ArchiveFormat } from '@catalyst/shared/features/archives-link';

export interface MadeEntry {
  name: string | Buffer;
  content?: string | Buffer;
  /** The character of the format. */
  type?: string;
  linkName?: string;
  mode?: number;
  modifiedAt?: number;
  /** What the header says, whatever there is. */
  claimedSize?: number;
}

/** A tar by its bytes, in no way checked. */
export function madeTar(entries: MadeEntry[], { isEnded = true } = {}): Buffer {
  const blocks = entries.flatMap((entry) => {
    const content = Buffer.from(entry.content ?? '');
    const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
    return [headerOf(entry, entry.claimedSize ?? content.length), content, padding];
  });
  return Buffer.concat([...blocks, Buffer.alloc(isEnded ? 1024 : 0)]);
}

/** One line of a pax header. */
export function paxLine(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(rest) + 1;
  while (String(length).length + Buffer.byteLength(rest) !== length) length += 1;
  return `${length}${rest}`;
}

export function packedAs(format: Exclude<ArchiveFormat, 'zip'>, tar: Buffer): Buffer {
  if (format === 'tar.gz') return gzipSync(tar);
  return format === 'tar.zst' ? zstdCompressSync(tar) : tar;
}

function headerOf(
  { name, type = '0', linkName = '', mode = 0o644, modifiedAt = 1 }: MadeEntry,
  size: number,
) {
  const header = Buffer.alloc(512);
  Buffer.from(name).copy(header, 0, 0, 100);
  const number = (value: number, offset: number, length: number) => {
    const digits = value < 0 ? '' : value.toString(8).padStart(length - 1, '0');
    if (value >= 0 && digits.length < length) header.write(`${digits}\0`, offset, 'latin1');
    else {
      header.fill(value < 0 ? 0xff : 0, offset, offset + length);
      header.writeBigInt64BE(BigInt(value), offset + length - 8);
      header[offset] = value < 0 ? 0xff : 0x80;
    }
  };
  number(mode, 100, 8);
  number(0, 108, 8);
  number(0, 116, 8);
  number(size, 124, 12);
  number(modifiedAt, 136, 12);
  header.write(type, 156, 'latin1');
  header.write(linkName, 157, 100, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}
