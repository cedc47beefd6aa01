import { describe, expect, it } from 'vitest';
import {
  addressAt,
  chooseSubnet,
  formatSubnet,
  gatewayOf,
  overlaps,
  parseSubnet,
  serverPlaces,
} from './subnet.ts';

describe('a block of addresses', () => {
  it('knows its first, last and gateway address', () => {
    const subnet = parseSubnet('10.9.8.7/22');
    expect(formatSubnet(subnet)).toBe('10.9.8.0/22');
    expect(gatewayOf(subnet)).toBe('10.9.8.1');
    const { first, last } = serverPlaces(subnet);
    expect([addressAt(subnet, first), addressAt(subnet, last)]).toEqual(['10.9.8.2', '10.9.11.254']);
  });

  it('refuses what is none', () => {
    for (const text of [
      '',
      '10.0.0.0',
      '10.0.0/8',
      '10.0.0.256/24',
      '10.0.0.0/33',
      '::/0',
      '10.0.0.0/8; x',
    ]) {
      expect(() => parseSubnet(text), text).toThrow();
    }
  });

  it.each([
    ['10.0.0.0/8', '10.200.0.0/20', true],
    ['10.200.0.0/20', '10.200.15.255/32', true],
    ['10.200.0.0/20', '10.200.16.0/20', false],
    ['10.200.0.0/20', '0.0.0.0/0', true],
    ['192.168.0.0/16', '10.0.0.0/8', false],
  ])('%s and %s overlap: %s', (one, other, expected) => {
    expect(overlaps(parseSubnet(one), parseSubnet(other))).toBe(expected);
    expect(overlaps(parseSubnet(other), parseSubnet(one))).toBe(expected);
  });

  it('is chosen away from all that is in use, the same each time, and other for other agents', () => {
    const inUse = ['10.0.0.0/9', '192.168.0.0/16', '172.17.0.0/16'].map(parseSubnet);
    const chosen = chooseSubnet(inUse, 'one');
    expect(chosen && inUse.some((other) => overlaps(chosen, other))).toBe(false);
    expect(chooseSubnet(inUse, 'one')).toEqual(chosen);
    expect(chooseSubnet(inUse, 'two')).not.toEqual(chosen);
    expect(chooseSubnet([...inUse, chosen as NonNullable<typeof chosen>], 'one')).not.toEqual(chosen);
    const second = chooseSubnet([parseSubnet('10.0.0.0/8')], 'one');
    expect(second && formatSubnet(second)).toMatch(/^172\.2\d\./);
    expect(chooseSubnet(['10.0.0.0/8', '172.16.0.0/12'].map(parseSubnet), 'one')).toBe(null);
  });
});
