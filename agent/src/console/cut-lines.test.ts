import { describe, expect, it } from 'vitest';
import { CUT_MARK, cutLines, MAX_LINE_BYTES } from './cut-lines.ts';

const cut = (bytes: string | Uint8Array, final = false) => cutLines(Buffer.from(bytes as Uint8Array), final);

/** As a tail does it: chunks of at most this size, each beginning where the last was left. */
function cutAll(content: Buffer, chunkBytes: number): string[] {
  const lines: string[] = [];
  for (let position = 0; position < content.length; ) {
    const chunk = content.subarray(position, position + chunkBytes);
    const part = cutLines(chunk, position + chunk.length === content.length);
    if (part.bytes === 0) throw new Error('no progress');
    lines.push(...part.lines);
    position += part.bytes;
  }
  return lines;
}

describe('cutLines', () => {
  it('leaves what has no newline yet', () => {
    expect(cut('one\ntwo\nthr')).toEqual({ lines: ['one', 'two'], bytes: 8 });
    expect(cut('thr')).toEqual({ lines: [], bytes: 0 });
    expect(cut('')).toEqual({ lines: [], bytes: 0 });
  });

  it('takes the rest when nothing follows', () => {
    expect(cut('one\ntwo', true)).toEqual({ lines: ['one', 'two'], bytes: 7 });
    expect(cut('one\n', true)).toEqual({ lines: ['one'], bytes: 4 });
  });

  it('keeps empty lines and drops the return of CRLF', () => {
    expect(cut('\n\r\na\r\n').lines).toEqual(['', '', 'a']);
  });

  it('replaces only what is really invalid UTF-8', () => {
    const bytes = [0x61, 0xff, 0xc3, 0x28, 0xf0, 0x9f, 0x8e, 0xae, 0xed, 0xa0, 0x80, 0x0a];
    expect(cut(Uint8Array.from(bytes)).lines).toEqual(['a\uFFFD\uFFFD(🎮\uFFFD\uFFFD\uFFFD']);
  });

  it('skips what a hole reads as, at the start and between lines', () => {
    const zeros = Buffer.alloc(5000);
    expect(cut(zeros)).toEqual({ lines: [], bytes: 5000 });
    expect(cut(Buffer.concat([zeros, Buffer.from('a\n'), zeros, Buffer.from('b\n')])).lines).toEqual([
      'a',
      'b',
    ]);
  });

  it('cuts a long line into marked pieces of at most 64 KiB, losing nothing', () => {
    const line = 'x'.repeat(MAX_LINE_BYTES * 2 + 100);
    const { lines } = cut(`${line}\nnext\n`);
    expect(lines).toHaveLength(4);
    for (const piece of lines) expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(MAX_LINE_BYTES);
    expect(lines.slice(0, 2).every((piece) => piece.endsWith(CUT_MARK))).toBe(true);
    expect(lines[2]?.endsWith(CUT_MARK)).toBe(false);
    expect(
      lines
        .slice(0, 3)
        .map((piece) => piece.replace(CUT_MARK, ''))
        .join(''),
    ).toBe(line);
    expect(lines[3]).toBe('next');
  });

  it('leaves a line of exactly 64 KiB whole', () => {
    const line = 'x'.repeat(MAX_LINE_BYTES);
    expect(cut(line).lines).toEqual([]);
    expect(cut(`${line}\n`).lines).toEqual([line]);
  });

  it('cuts between code points, wherever the chunks end', () => {
    for (const shift of [0, 1, 2, 3]) {
      const line = 'x'.repeat(shift) + '🎮'.repeat(50_000);
      const lines = cutAll(Buffer.from(`${line}\n`), 128 * 1024);
      expect(lines.map((piece) => piece.replace(CUT_MARK, '')).join('')).toBe(line);
    }
  });

  it('keeps pieces of invalid bytes within 64 KiB of text', () => {
    for (const length of [30_000, 65_536, 200_000]) {
      const lines = cutAll(Buffer.concat([Buffer.alloc(length, 0xff), Buffer.from('\nnext\n')]), 128 * 1024);
      expect(lines.at(-1)).toBe('next');
      for (const piece of lines) expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(MAX_LINE_BYTES);
      expect(
        lines
          .slice(0, -1)
          .map((piece) => piece.replace(CUT_MARK, ''))
          .join(''),
      ).toBe('\uFFFD'.repeat(length));
    }
  });

  it('gives the same lines however much is read at once', () => {
    const content = Buffer.concat([
      Buffer.from('first\n'),
      Buffer.from(`${'ä'.repeat(70_000)}\n\x1b[31mred\x1b[0m\r\n`),
      Buffer.alloc(9000),
      Buffer.from('after the hole\n'),
      Buffer.alloc(50_000, 0xfe),
      Buffer.from('\nno newline at the end 🎮'),
    ]);
    const whole = cutAll(content, content.length);
    expect(whole.length).toBeGreaterThan(8);
    for (const chunkBytes of [65_537, 70_001, 100_000, 131_072])
      expect(cutAll(content, chunkBytes)).toEqual(whole);
  });
});
