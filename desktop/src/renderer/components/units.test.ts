import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatBytesOf,
  formatCores,
  formatCpu,
  formatDuration,
  formatMegabytes,
  formatPercent,
  formatRelative,
} from './units.ts';

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [1024 ** 2 * 512, '512 MiB'],
    [1024 ** 3 * 1.234, '1.23 GiB'],
    [1024 ** 3 * 12.34, '12.3 GiB'],
    [1024 ** 3 * 1023.9, '1 TiB'],
    [1024 ** 5 * 5000, '5000 PiB'],
  ])('writes %d as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it('keeps whole hundreds and thousands whole', () => {
    expect(formatMegabytes(100)).toBe('100 MiB');
    expect(formatMegabytes(10)).toBe('10 MiB');
  });

  it('writes a part in the unit of the whole', () => {
    expect(formatBytesOf(820 * 1024 ** 2, 2 * 1024 ** 3)).toBe('0.8 / 2 GiB');
    expect(formatBytesOf(0, 512 * 1024 ** 2)).toBe('0 / 512 MiB');
  });
});

describe('processor time', () => {
  it('is a share of what is allowed', () => {
    expect(formatCpu(75, 1.5)).toBe('50 %');
    expect(formatCpu(3, 1)).toBe('3 %');
    expect(formatCpu(0.04, 1)).toBe('< 0.1 %');
    expect(formatPercent(0)).toBe('0 %');
  });
  it('counts cores', () => {
    expect(formatCores(1)).toBe('1 core');
    expect(formatCores(1.5)).toBe('1.5 cores');
  });
});

describe('time', () => {
  it.each([
    [0, '0 s'],
    [45.9, '45 s'],
    [60, '1 min'],
    [3 * 3600 + 12 * 60 + 5, '3 h 12 min'],
    [4 * 86_400 + 3 * 3600, '4 d 3 h'],
    [86_400, '1 d'],
  ])('writes %d seconds as %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  const now = new Date('2026-03-01T12:00:00Z');
  it.each([
    ['2026-03-01T11:59:58Z', 'just now'],
    ['2026-03-01T11:59:30Z', '30 s ago'],
    ['2026-03-01T11:57:00Z', '3 min ago'],
    ['2026-03-01T12:00:20Z', 'in 20 s'],
    ['2026-02-27T12:00:00Z', '2 d ago'],
    ['2023-03-01T12:00:00Z', '3 years ago'],
  ])('writes %s as %s', (at, text) => expect(formatRelative(new Date(at), now)).toBe(text));
});
