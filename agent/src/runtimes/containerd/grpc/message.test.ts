import { describe, expect, it } from 'vitest';
import {
  bool,
  bytes,
  int32,
  int64,
  many,
  map,
  message,
  one,
  string,
  strings,
  timestamp,
  uint32,
  uint64,
} from './message.ts';

const Inner = message({ name: string(1), size: int64(2) });
const Everything = message({
  text: string(1),
  data: bytes(2),
  yes: bool(3),
  small: int32(4),
  unsigned: uint32(5),
  large: int64(6),
  huge: uint64(7),
  labels: map(8),
  names: strings(9),
  inner: one(10, Inner),
  list: many(11, Inner),
  at: timestamp(200),
});

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));

describe('a message', () => {
  it('comes back as it was', () => {
    const value = {
      text: 'Grüße, 世界',
      data: new Uint8Array([0, 255, 1]),
      yes: true,
      small: -5,
      unsigned: 4_294_967_295,
      large: -9_007_199_254_740_991,
      huge: 9_007_199_254_740_991,
      labels: { 'containerd.io/gc.root': '2026', empty: '', '': 'no name' },
      names: ['b', '', 'a'],
      inner: { name: 'x', size: 1 },
      list: [
        { name: '', size: 0 },
        { name: 'y'.repeat(70_000), size: -1 },
      ],
      at: new Date('1969-12-31T23:59:58.250Z'),
    };
    expect(Everything.decode(Everything.encode(value))).toEqual(value);
  });

  it('is on the wire as protobuf has it', () => {
    expect(Buffer.from(Everything.encode({ text: 'testing' })).toString('hex')).toBe('0a0774657374696e67');
    expect(Buffer.from(Everything.encode({ large: 150 })).toString('hex')).toBe('309601');
    expect(Buffer.from(Everything.encode({ inner: { name: 'a' } })).toString('hex')).toBe('52030a0161');
    expect(Buffer.from(Everything.encode({ labels: { k: 'v' } })).toString('hex')).toBe('42060a016b120176');
  });

  it('does not send what is as by default, and has all fields without them', () => {
    const unset = { text: '', yes: false, small: 0, large: 0, labels: {}, names: [], data: new Uint8Array() };
    expect(Everything.encode(unset)).toHaveLength(0);
    expect(Everything.decode(new Uint8Array())).toEqual({
      ...unset,
      unsigned: 0,
      huge: 0,
      inner: undefined,
      list: [],
      at: undefined,
    });
  });

  it('sends an inner message even when it is empty', () => {
    expect(Everything.decode(Everything.encode({ inner: {} })).inner).toEqual({ name: '', size: 0 });
  });

  it.each([
    ['varint', '98 06 ff ff 03'],
    ['64 bits', '99 06 01 02 03 04 05 06 07 08'],
    ['bytes', '9a 06 02 68 69'],
    ['group', '9b 06 08 01 9c 06'],
    ['32 bits', '9d 06 01 02 03 04'],
    ['field of ours with another type', '08 05'],
  ])('skips an unknown %s', (_what, unknown) => {
    expect(Everything.decode(hex(`${unknown} 20 07 ${unknown}`))).toMatchObject({ small: 7, text: '' });
  });

  it.each([
    ['text shorter than it says', '0a 05 61'],
    ['text of 4 GB', '0a ff ff ff ff 0f 61'],
    ['unknown bytes shorter than they say', '9a 06 05 61'],
    ['number without an end', '20 ff ff ff'],
    ['number of more than 64 bits', '30 ff ff ff ff ff ff ff ff ff ff ff ff 01'],
    ['switch without a value', '18'],
    ['field 0', '00 01'],
    ['type that does not exist', '0f 01'],
    ['end of no group', '0c'],
    ['inner message cut off', '52 05 0a 03 61 62'],
    ['cut in a tag', '80'],
    ['groups without an end', '9b 06 '.repeat(5000)],
  ])('refuses a %s', (_what, broken) => {
    expect(() => Everything.decode(hex(broken))).toThrow();
  });

  it('refuses any cut of itself that ends within a field, and reads no further than it may', () => {
    const whole = Everything.encode({ text: 'abc', inner: { name: 'x', size: 300 }, names: ['q'] });
    const padded = new Uint8Array([...whole, 0x0a, 0x01, 0x21]);
    for (let end = 0; end < whole.length; end++) {
      try {
        const { text, inner, names } = Everything.decode(padded.subarray(0, end));
        expect(['', 'abc']).toContain(text);
        expect([undefined, 'x']).toContain(inner?.name);
        expect(names.length).toBeLessThanOrEqual(1);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }
    expect(Everything.decode(padded.subarray(0, whole.length)).text).toBe('abc');
  });

  it.each([1.5, Number.NaN, 2 ** 53])('refuses to send %s as an integer', (value) => {
    expect(() => Everything.encode({ large: value })).toThrow(RangeError);
  });

  it('rounds what no number can hold', () => {
    expect(Everything.decode(hex('38 ff ff ff ff ff ff ff ff ff 01')).huge).toBe(2 ** 64);
  });

  it('a label cannot become a prototype', () => {
    const { labels } = Everything.decode(
      Everything.encode({ labels: JSON.parse('{"__proto__":"x","a":"b"}') }),
    );
    expect(labels.a).toBe('b');
    expect(Object.getPrototypeOf(labels)).toBe(Object.prototype);
  });
});
