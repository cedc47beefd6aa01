import { describe, expect, it } from 'vitest';
import { parseChallenge } from './registry-authorization.ts';
import { retryAfterMs } from './registry-fault.ts';

describe('challenges', () => {
  const bearer = {
    kind: 'bearer',
    realm: 'https://auth.test/token',
    service: 'test',
    scope: 'repository:a:pull,push',
  };

  it.each<[string | undefined, unknown]>([
    ['Bearer realm="https://auth.test/token",service="test",scope="repository:a:pull,push"', bearer],
    ['bearer REALM="https://auth.test/token", Service="test", scope="repository:a:pull,push"', bearer],
    [
      'Basic realm="x", Bearer realm="https://auth.test/token",service="test",scope="repository:a:pull,push"',
      bearer,
    ],
    ['Bearer realm="https://auth.test/token"', { ...bearer, service: null, scope: null }],
    ['Basic realm="x"', { kind: 'basic' }],
    ['Basic', { kind: 'basic' }],
    ['Bearer', null],
    ['Bearer service="test"', null],
    ['Negotiate', null],
    ['', null],
    [undefined, null],
  ])('reads %j', (header, challenge) => {
    expect(parseChallenge(header)).toEqual(challenge);
  });

  it('reads a long hostile one in no time', () => {
    const start = performance.now();
    for (const part of [' ', 'bearer ', ', ', 'realm="', 'a,']) parseChallenge(part.repeat(8000));
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

it('reads how long a registry wants to be left alone', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  expect(retryAfterMs('7', now)).toBe(7000);
  expect(retryAfterMs('Thu, 01 Jan 2026 00:00:09 GMT', now)).toBe(9000);
  expect(retryAfterMs('Thu, 01 Jan 2020 00:00:00 GMT', now)).toBe(0);
  expect(retryAfterMs('soon', now)).toBe(0);
  expect(retryAfterMs(undefined, now)).toBe(0);
});
