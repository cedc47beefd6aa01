import { describe, expect, it } from 'vitest';
import { FrameReader, toFrame } from './frames.ts';

const messages = [new Uint8Array(), new Uint8Array([1]), new Uint8Array(300).fill(7), new Uint8Array([9, 8])];
const whole = Buffer.concat(messages.map(toFrame));

describe('frames', () => {
  it.each([1, 2, 3, 5, 6, 7, 100, 1000])('are put together from chunks of %i bytes', (size) => {
    const reader = new FrameReader(1000);
    const found: Uint8Array[] = [];
    for (let at = 0; at < whole.length; at += size) found.push(...reader.push(whole.subarray(at, at + size)));
    expect(found.map((message) => [...message])).toEqual(messages.map((message) => [...message]));
    reader.end();
  });

  it('a message larger than allowed is refused before it has come', () => {
    const reader = new FrameReader(1000);
    expect(() => reader.push(new Uint8Array([0, 0xff, 0xff, 0xff, 0xff]))).toThrow(/4294967295 bytes/);
    expect(() => new FrameReader(1000).push(toFrame(new Uint8Array(1001)))).toThrow(/1001 bytes/);
    expect(new FrameReader(1000).push(toFrame(new Uint8Array(1000)))).toHaveLength(1);
  });

  it('a compressed message is refused', () => {
    expect(() => new FrameReader(1000).push(new Uint8Array([1, 0, 0, 0, 0]))).toThrow(/compressed/);
  });

  it.each([1, 4, 5, 7])('an end after %i bytes of a message is one too early', (sizeBytes) => {
    const reader = new FrameReader(1000);
    reader.push(toFrame(new Uint8Array(10)).subarray(0, sizeBytes));
    expect(() => reader.end()).toThrow(/within a message/);
  });
});
