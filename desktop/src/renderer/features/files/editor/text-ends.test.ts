import { expect, it } from 'vitest';
import { readEnds } from './text-ends.ts';

const part = 256 * 1024;
const asked: string[] = [];
const reader = (bytes: Uint8Array) => async (range: string) => {
  asked.push(range);
  const [from = 0, to = 0] = range.split('-').map(Number);
  return bytes.subarray(from, to + 1);
};
const read = (bytes: Uint8Array) => {
  asked.length = 0;
  return readEnds(bytes.length, reader(bytes));
};
const text = (length: number) => new Uint8Array(length).fill(0x61);

it('reads both ends of a long text, and nothing in between', async () => {
  const ends = await read(text(3 * part));
  expect(asked).toEqual([`0-${part - 1}`, `${2 * part}-${3 * part - 1}`]);
  expect(ends).toMatchObject({ skippedBytes: part });
  expect([ends?.first.length, ends?.last.length]).toEqual([part, part]);
});

it('shows nothing twice', async () => {
  const ends = await read(text(part + 10));
  expect([ends?.first.length, ends?.last.length, ends?.skippedBytes]).toEqual([part, 10, 0]);
  expect((await read(text(10)))?.last).toBe('');
  expect(await read(text(0))).toEqual({ first: '', last: '', skippedBytes: 0 });
});

it('shows no half characters', async () => {
  const bytes = new TextEncoder().encode('ä'.repeat(part));
  const odd = new Uint8Array([0x61, ...bytes, 0x61]);
  const ends = await read(odd);
  expect(ends?.first).not.toContain('\uFFFD');
  expect(ends?.last).not.toContain('\uFFFD');
});

it('shows nothing of what is no text', async () => {
  expect(await read(new Uint8Array(part * 2))).toBeNull();
});
