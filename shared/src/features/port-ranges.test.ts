import { expect, it } from 'vitest';
import { countPorts, isInRanges, parsePortRanges, sharedPorts, writePortRanges } from './port-ranges.ts';

it.each([
  ['25565', '25565', 1],
  ['25565-25600, 27015', '25565-25600, 27015', 37],
  [' 27015;25565 - 25566'.replaceAll(' - ', '-'), '25565-25566, 27015', 3],
  ['5000-5010 5005-5020,5021', '5000-5021', 22],
  ['1024-65535', '1024-65535', 64_512],
])('reads %j as %s', (text, written, count) => {
  const ranges = parsePortRanges(text);
  expect(writePortRanges(ranges)).toBe(written);
  expect(countPorts(ranges)).toBe(count);
});

it.each([
  ['', 'must name ports'],
  [' , ', 'must name ports'],
  ['80', 'has 80; ports of servers are between 1024 and 65535'],
  ['65000-65536', 'has 65536'],
  ['6000-5000', 'ends before it begins'],
  ['5000-', 'has "5000-"'],
  ['-5000', 'has "-5000"'],
  ['5000..5010', 'no range'],
  ['123456', 'no port'],
  ['all', 'no port'],
])('refuses %j and says why', (text, words) => {
  expect(() => parsePortRanges(text)).toThrow(words);
});

it('knows what is in ranges and what two of them share', () => {
  const ranges = parsePortRanges('5000-5010, 6000');
  expect([4999, 5000, 5010, 5011, 6000].map((port) => isInRanges(port, ranges))).toEqual([
    false,
    true,
    true,
    false,
    true,
  ]);
  expect(sharedPorts(ranges, parsePortRanges('5009-6500'))).toEqual([
    { from: 5009, to: 5010 },
    { from: 6000, to: 6000 },
  ]);
  expect(sharedPorts(ranges, parsePortRanges('7000'))).toEqual([]);
});
