import { writeSync } from 'node:fs';
import { type FileHandle, open, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConsoleLine } from './console-line.ts';
import { FrameReader } from './frame-reader.ts';
import { type Frame, frameLines, nextFrame } from './history-frame.ts';

const PROBE_BYTES = 16 * 1024;
const READ_BYTES = 128 * 1024;
/** So little is written before another thread would be woken for it: of many quiet consoles, that is most of the cost. */
const DIRECT_BYTES = 4096;
/** A disk that keeps the loop waiting for so long is left to other threads for a while. */
const SLOW_WRITE_MS = 5;
const SLOW_DISK_REST_MS = 10_000;
let nextDirectAt = 0;
const FILE_NAME = /^(\d{16})-(\d{13})\.log$/;

/** Lines in order, and the number up to which (exclusively) they are all there is. */
export interface LineBatch {
  lines: ConsoleLine[];
  endSeq: number;
}

/**
 * One file of a history: frames, one after the other. It is its own index: since a frame is recognised wherever one
 * starts to read, a number is found by halving.
 */
export class HistorySegment {
  readonly path: string;
  readonly firstSeq: number;
  readonly createdAt: number;
  #size = 0;
  #file: FileHandle | null = null;

  private constructor(folder: string, firstSeq: number, createdAt: number) {
    this.path = join(
      folder,
      `${String(firstSeq).padStart(16, '0')}-${String(createdAt).padStart(13, '0')}.log`,
    );
    this.firstSeq = firstSeq;
    this.createdAt = createdAt;
  }

  /** Those of a folder, oldest first; none when it does not exist. */
  static async list(folder: string): Promise<HistorySegment[]> {
    const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const segments: HistorySegment[] = [];
    for (const name of names.sort()) {
      const [, firstSeq, createdAt] = FILE_NAME.exec(name) ?? [];
      if (firstSeq === undefined || createdAt === undefined) continue;
      const segment = new HistorySegment(folder, Number(firstSeq), Number(createdAt));
      segment.#size = (await stat(segment.path)).size;
      segments.push(segment);
    }
    return segments;
  }

  static async create(folder: string, firstSeq: number): Promise<HistorySegment> {
    const segment = new HistorySegment(folder, firstSeq, Date.now());
    segment.#file = await open(segment.path, 'w+', 0o600);
    return segment;
  }

  get sizeBytes(): number {
    return this.#size;
  }

  /** Adds a frame wholly, or throws and leaves the segment as it was. */
  async write(frame: Buffer): Promise<void> {
    this.#file ??= await open(this.path, 'r+', 0o600);
    let written = 0;
    try {
      // A disk that runs full takes a part and refuses the rest.
      while (written < frame.length) {
        written += await writeTo(this.#file, frame.subarray(written), this.#size + written);
      }
    } catch (error) {
      await this.#file.truncate(this.#size).catch(() => {});
      throw error;
    }
    this.#size += frame.length;
  }

  /** The last whole frame; what a crash left behind it is cut off. Null when there is none. */
  async recover(): Promise<Frame | null> {
    await using file = await open(this.path, 'r+');
    for (let window = READ_BYTES * 2; ; window *= 2) {
      const offset = Math.max(0, this.#size - window);
      const { buffer } = await file.read(Buffer.allocUnsafe(this.#size - offset), { position: offset });
      let last: Frame | null = null;
      for (let frame = nextFrame(buffer, 0); frame !== null; frame = nextFrame(buffer, frame.end))
        last = frame;
      if (last === null && offset > 0) continue;
      const end = last === null ? 0 : offset + last.end;
      if (end < this.#size) await file.truncate(end);
      this.#size = end;
      return last;
    }
  }

  /** Its lines from one number to before another, in order; a note stands for each range that cannot be read. */
  async *lines(fromSeq: number, toSeq: number): AsyncGenerator<LineBatch> {
    await using reader = new FrameReader(await open(this.path, 'r'), this.#size);
    let next = fromSeq;
    let offset = await this.#locate(reader, fromSeq);
    while (next < toSeq) {
      const { buffer, first } = await reader.read(offset, READ_BYTES);
      const lines: ConsoleLine[] = [];
      let end = 0;
      for (let frame = first; frame !== null && next < toSeq; frame = nextFrame(buffer, frame.end)) {
        if (frame.firstSeq > next) lines.push(gapNote(next, Math.min(frame.firstSeq, toSeq)));
        for (const line of frame.endSeq > next ? frameLines(buffer, frame) : []) {
          if (line.seq >= next && line.seq < toSeq) lines.push(line);
        }
        next = Math.max(next, Math.min(frame.endSeq, toSeq));
        end = frame.end;
      }
      offset += end;
      if (first === null) {
        lines.push(gapNote(next, toSeq));
        next = toSeq;
      }
      yield { lines, endSeq: next };
    }
  }

  /** Waits until the disk has it; nothing to do for a segment that was not written to. */
  async sync(): Promise<void> {
    await this.#file?.datasync();
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }

  async remove(): Promise<void> {
    await this.close();
    await unlink(this.path);
  }

  /** An offset from which reading on meets the number, not far ahead. */
  async #locate(reader: FrameReader, seq: number): Promise<number> {
    let low = 0;
    let high = this.#size;
    while (high - low > READ_BYTES) {
      const middle = Math.floor((low + high) / 2);
      const { first } = await reader.read(middle, PROBE_BYTES);
      if (first === null || first.firstSeq > seq) high = middle;
      else low = middle + first.start;
    }
    return low;
  }
}

/** Stands for lines that are numbered and cannot be read; it has the first of their numbers. */
export function gapNote(fromSeq: number, toSeq: number): ConsoleLine {
  const text = `[${toSeq - fromSeq} lines are missing here: the stored history is damaged]`;
  return { seq: fromSeq, at: Date.now(), stream: 'system', text };
}

/** Gives how much of it was written. */
async function writeTo(file: FileHandle, bytes: Buffer, position: number): Promise<number> {
  const startedAt = performance.now();
  if (bytes.length > DIRECT_BYTES || startedAt < nextDirectAt) {
    return (await file.write(bytes, 0, bytes.length, position)).bytesWritten;
  }
  const written = writeSync(file.fd, bytes, 0, bytes.length, position);
  const now = performance.now();
  if (now - startedAt > SLOW_WRITE_MS) nextDirectAt = now + SLOW_DISK_REST_MS;
  return written;
}
