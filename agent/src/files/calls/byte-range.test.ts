import { describe, expect, it } from 'vitest';
import { partOf } from './byte-range.ts';

describe('a part of a file of ten bytes', () => {
  it.each([
    [undefined, 0, 10],
    [{ firstByte: 0 }, 0, 10],
    [{ firstByte: 9 }, 9, 1],
    [{ firstByte: 2, lastByte: 2 }, 2, 1],
    [{ firstByte: 2, lastByte: 1000 }, 2, 8],
    [{ lastBytes: 3 }, 7, 3],
    [{ lastBytes: 1000 }, 0, 10],
  ])('%j begins at %i and has %i bytes', (range, firstByte, lengthBytes) => {
    expect(partOf(10, range)).toEqual({ firstByte, lengthBytes, isRange: range !== undefined });
  });

  it.each([{ firstByte: 10 }, { firstByte: 3, lastByte: 2 }, { lastBytes: 0 }])('is not %j', (range) => {
    expect(() => partOf(10, range)).toThrow(expect.objectContaining({ code: 'range_not_satisfiable' }));
  });

  it('is all of an empty file only when no part is asked for', () => {
    expect(partOf(0, undefined)).toEqual({ firstByte: 0, lengthBytes: 0, isRange: false });
    expect(() => partOf(0, { lastBytes: 5 })).toThrow('only 0 bytes');
  });
});
