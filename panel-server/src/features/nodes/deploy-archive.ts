import { createReadStream } from 'node:fs';

const blockBytes = 512;

export interface FileOnDisk {
  path: string;
  sizeBytes: number;
  modifiedAtMs: number;
}

export interface ArchiveFile {
  /** Without a slash in front. */
  name: string;
  mode: number;
  content: FileOnDisk | Buffer;
}

/** A tar archive (ustar), the same for the same files at any time and place. */
export async function* tarArchive(files: readonly ArchiveFile[]): AsyncGenerator<Buffer> {
  for (const { name, mode, content } of files) {
    const sizeBytes = Buffer.isBuffer(content) ? content.length : content.sizeBytes;
    yield header(name, mode, sizeBytes);
    if (Buffer.isBuffer(content)) yield content;
    else yield* exactly(content.path, sizeBytes);
    yield Buffer.alloc((blockBytes - (sizeBytes % blockBytes)) % blockBytes);
  }
  yield Buffer.alloc(2 * blockBytes);
}

async function* exactly(path: string, sizeBytes: number): AsyncGenerator<Buffer> {
  let seenBytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    seenBytes += chunk.length;
    yield chunk;
  }
  if (seenBytes !== sizeBytes) throw new Error(`${path} changed while it was read`);
}

function header(name: string, mode: number, sizeBytes: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new Error(`Too long for a tar archive: ${name}`);
  const block = Buffer.alloc(blockBytes);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  block.write(name, 0);
  block.write(octal(mode, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(sizeBytes, 12), 124);
  block.write(octal(0, 12), 136);
  block.write('        ', 148);
  block.write('0', 156);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
