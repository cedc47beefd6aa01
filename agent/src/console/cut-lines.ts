import { isUtf8 } from 'node:buffer';
import { sanitiseLine } from './sanitise-line.ts';

export const MAX_LINE_BYTES = 64 * 1024;
/** Ends each piece of a line that was too long; the next piece follows as a line of its own. */
export const CUT_MARK = ' …[cut]';
const PIECE_BYTES = MAX_LINE_BYTES - Buffer.byteLength(CUT_MARK);
const INVALID_PIECE_BYTES = Math.floor(PIECE_BYTES / 3);

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export interface CutLines {
  /** Sanitised; at most 64 KiB of UTF-8 each. */
  lines: string[];
  /** How much of the chunk they took. Cutting again from there gives what cutting on would have given. */
  bytes: number;
}

/**
 * Cuts output into lines. What a chunk does not finish is left for the next, which begins where this one was left;
 * with `final` nothing follows, and a last line without newline counts.
 */
export function cutLines(chunk: Buffer, final: boolean): CutLines {
  const lines: string[] = [];
  let start = 0;
  while (true) {
    start = skipHole(chunk, start);
    if (start >= chunk.length) break;
    const newline = chunk.indexOf(NEWLINE, start);
    const end = newline === -1 ? chunk.length : newline;
    if (end - start <= MAX_LINE_BYTES) {
      if (newline === -1 && !final) break;
      const text = chunk.toString('utf8', start, chunk[end - 1] === CARRIAGE_RETURN ? end - 1 : end);
      if (text.length * 3 <= MAX_LINE_BYTES || Buffer.byteLength(text) <= MAX_LINE_BYTES) {
        lines.push(sanitiseLine(text));
        start = end + 1;
        continue;
      }
    }
    const piece = cutPiece(chunk, start, end);
    lines.push(sanitiseLine(piece.text) + CUT_MARK);
    start = piece.end;
  }
  return { lines, bytes: Math.min(start, chunk.length) };
}

/** A punched or never written range reads as NULs, gigabytes of them if need be: they are nobody's text. */
function skipHole(chunk: Buffer, start: number): number {
  let index = start;
  while (chunk[index] === 0) index++;
  return index;
}

function cutPiece(chunk: Buffer, start: number, end: number): { text: string; end: number } {
  let cut = codePointStart(chunk, start + PIECE_BYTES);
  // Each invalid byte becomes the three bytes of U+FFFD.
  if (cut > end || !isUtf8(chunk.subarray(start, cut)))
    cut = codePointStart(chunk, start + INVALID_PIECE_BYTES);
  return { text: chunk.toString('utf8', start, cut), end: cut };
}

function codePointStart(chunk: Buffer, at: number): number {
  for (let index = at; index > at - 4; index--) {
    if (((chunk[index] ?? 0) & 0xc0) !== 0x80) return index;
  }
  return at;
}
