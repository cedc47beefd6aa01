import { describe, expect, it } from 'vitest';
import { PortClaims } from './port-claims.ts';

const tcp = (ip: string, port = 25565) => ({ ip, port, protocol: 'tcp' }) as const;

describe('claims on ports', () => {
  it.each([
    ['0.0.0.0', '0.0.0.0', true],
    ['0.0.0.0', '192.0.2.1', true],
    ['192.0.2.1', '0.0.0.0', true],
    ['192.0.2.1', '192.0.2.2', false],
    ['127.0.0.1', '192.0.2.2', false],
    ['::', '192.0.2.1', true],
    ['0.0.0.0', '::', true],
    ['0.0.0.0', '2001:db8::1', false],
    ['2001:db8::1', '2001:DB8:0::1', true],
    ['2001:db8::1', '2001:db8::2', false],
  ])('of %s and %s exclude each other: %s', (one, other, expected) => {
    const claims = new PortClaims();
    expect(claims.claim('a', [tcp(one)])).toBe(null);
    expect(claims.claim('b', [tcp(other)])).toEqual(expected ? tcp(other) : null);
  });

  it('differ by protocol and number', () => {
    const claims = new PortClaims();
    claims.claim('a', [tcp('0.0.0.0')]);
    const others = [tcp('0.0.0.0', 25566), { ip: '0.0.0.0', port: 25565, protocol: 'udp' } as const];
    expect(claims.claim('b', others)).toBe(null);
    expect(claims.ownerOf(tcp('127.0.0.1'))).toBe('a');
    expect(claims.ownerOf(others[1] as (typeof others)[1])).toBe('b');
  });

  it('are made all or not at all, replace those before, and end with their release', () => {
    const claims = new PortClaims();
    claims.claim('a', [tcp('0.0.0.0', 1)]);
    expect(claims.claim('b', [tcp('0.0.0.0', 2), tcp('0.0.0.0', 1)])).toEqual(tcp('0.0.0.0', 1));
    expect(claims.ownerOf(tcp('0.0.0.0', 2))).toBe(null);
    claims.claim('a', [tcp('0.0.0.0', 3)]);
    expect(claims.ownerOf(tcp('0.0.0.0', 1))).toBe(null);
    claims.release('a');
    expect(claims.ownerOf(tcp('0.0.0.0', 3))).toBe(null);
  });
});
