import { expect, it } from 'vitest';
import { contentApi, WriteAction } from '../api/content.ts';
import { WriteChunk } from './content-write.ts';
import { refOf } from './ingest-stream.ts';

const ref = refOf({ size: 123_456_789, digest: `sha256:${'a'.repeat(64)}` });

it.each([0, 1, 127, 128, 16_383, 16_384, 1024 * 1024])(
  'writes %d bytes as the usual codec does',
  (length) => {
    const data = Buffer.alloc(length, 'abc');
    const chunk = new WriteChunk();
    expect(chunk.add(data)).toHaveLength(0);
    const message = Buffer.from(chunk.take(ref, 2 ** 40));
    const decoded = contentApi.write.request.decode(message) as { data: Uint8Array };
    expect({ ...decoded, data: null }).toMatchObject({ action: WriteAction.write, ref, offset: 2 ** 40 });
    expect(data.equals(decoded.data)).toBe(true);
  },
);

it('takes what fits, and is empty after it was taken', () => {
  const chunk = new WriteChunk();
  chunk.add(Buffer.alloc(1_000_000));
  expect(chunk.isFull).toBe(false);
  expect(chunk.add(Buffer.alloc(100_000))).toHaveLength(100_000 - 48_576);
  expect(chunk.isFull).toBe(true);
  expect(chunk.add(Buffer.alloc(5))).toHaveLength(5);
  chunk.take(ref, 0);
  expect(chunk.length).toBe(0);
  expect(chunk.add(Buffer.alloc(5))).toHaveLength(0);
});
