import { Readable } from 'node:stream';
import type { RandomAccessReader } from 'yauzl';
import type { ReadableFile } from '../read-file.ts';
import { readExactly } from './read-exactly.ts';

type Yauzl = typeof import('yauzl');

/** The list of entries is read some bytes at a time: they come from a larger piece. */
const windowBytes = 128 * 1024;

/** By which yauzl reads a file of a server. */
export function zipFileReader({ RandomAccessReader }: Yauzl, file: ReadableFile): RandomAccessReader {
  let window: Buffer = Buffer.alloc(0);
  let windowStart = 0;
  const readInto = async (buffer: Buffer, offset: number, length: number, position: number) => {
    const end = position + length;
    if (position < windowStart || end > windowStart + window.length) {
      window = await readExactly(file, position, Math.max(length, windowBytes));
      windowStart = position;
    }
    const part = window.subarray(position - windowStart, end - windowStart);
    if (part.length < length) throw new Error('it ends too early');
    part.copy(buffer, offset);
  };
  class FileReader extends RandomAccessReader {
    override _readStreamForRange(start: number, end: number): Readable {
      return Readable.from(file.chunks({ offsetBytes: start, lengthBytes: end - start }));
    }
    override read(...[buffer, offset, length, position, done]: Parameters<RandomAccessReader['read']>): void {
      readInto(buffer, offset, length, position).then(() => done(null), done);
    }
  }
  return new FileReader();
}
