import { crc32 } from 'node:zlib';
import type { ConsoleLine, ConsoleStream, NewLine } from './console-line.ts';

/** How far a start's output has been taken over, in bytes of its two files. */
export interface SpoolPosition {
  startId: string;
  out: number;
  err: number;
}

/**
 * What one append writes: lines, the number of the first, and how far the spool is read after them. Being one record
 * it is there wholly or not at all, and so numbers and offsets can never disagree.
 *
 *     magic (4) · length of the body (4) · CRC-32 of the body (4) · body: a line of JSON, then the lines of text
 */
export interface Frame {
  firstSeq: number;
  /** Of the line after the last. */
  endSeq: number;
  position: SpoolPosition | null;
  runs: readonly Run[];
  /** Where it lies in the buffer it was read from. */
  start: number;
  textStart: number;
  end: number;
}

/** Lines in a row that share stream and time. */
type Run = [stream: ConsoleStream, at: number, count: number];
type Header = [firstSeq: number, startId: string | null, out: number, err: number, runs: Run[]];

// No text can forge it: 0xc1 is never part of UTF-8, and NUL is not let into a line.
const MAGIC = Buffer.from([0x00, 0xc1, 0x43, 0x46]);
const PREFIX_BYTES = 12;
const NEWLINE = 0x0a;

export function encodeFrame(
  firstSeq: number,
  position: SpoolPosition | null,
  lines: readonly NewLine[],
): Buffer {
  const runs: Run[] = [];
  const texts: string[] = [];
  for (const { stream, at, text } of lines) {
    const run = runs.at(-1);
    if (run !== undefined && run[0] === stream && run[1] === at) run[2]++;
    else runs.push([stream, at, 1]);
    texts.push(text);
  }
  const header: Header = [firstSeq, position?.startId ?? null, position?.out ?? 0, position?.err ?? 0, runs];
  const body = `${JSON.stringify(header)}\n${texts.join('\n')}`;
  const bodyBytes = Buffer.byteLength(body);
  const frame = Buffer.allocUnsafe(PREFIX_BYTES + bodyBytes);
  MAGIC.copy(frame);
  frame.write(body, PREFIX_BYTES, 'utf8');
  frame.writeUInt32LE(bodyBytes, 4);
  frame.writeUInt32LE(crc32(frame.subarray(PREFIX_BYTES)), 8);
  return frame;
}

/** The first whole frame at or after an offset; what is damaged or torn before it is passed over. */
export function nextFrame(buffer: Buffer, from: number): Frame | null {
  for (let start = buffer.indexOf(MAGIC, from); start !== -1; start = buffer.indexOf(MAGIC, start + 1)) {
    const frame = readFrame(buffer, start);
    if (frame !== null) return frame;
  }
  return null;
}

export function frameLines(buffer: Buffer, frame: Frame): ConsoleLine[] {
  const texts = buffer.toString('utf8', frame.textStart, frame.end).split('\n');
  const lines: ConsoleLine[] = [];
  for (const [stream, at, count] of frame.runs) {
    for (let index = 0; index < count; index++) {
      lines.push({ seq: frame.firstSeq + lines.length, at, stream, text: texts[lines.length] ?? '' });
    }
  }
  return lines;
}

function readFrame(buffer: Buffer, offset: number): Frame | null {
  const bodyStart = offset + PREFIX_BYTES;
  if (bodyStart > buffer.length) return null;
  const end = bodyStart + buffer.readUInt32LE(offset + 4);
  if (end > buffer.length) return null;
  if (crc32(buffer.subarray(bodyStart, end)) !== buffer.readUInt32LE(offset + 8)) return null;
  const headerEnd = buffer.indexOf(NEWLINE, bodyStart);
  const [firstSeq, startId, out, err, runs] = JSON.parse(
    buffer.toString('utf8', bodyStart, headerEnd),
  ) as Header;
  return {
    firstSeq,
    endSeq: runs.reduce((seq, [, , count]) => seq + count, firstSeq),
    position: startId === null ? null : { startId, out, err },
    runs,
    start: offset,
    textStart: headerEnd + 1,
    end,
  };
}
