import { describe, expect, it } from 'vitest';
import { ask } from '../testing/ask.ts';
import { testPanel } from '../testing/test-panel.ts';
import { addressGroup, trustProxies } from './client-address.ts';

describe('the number of requests', () => {
  it('is counted per address without a session, and per user with one', async () => {
    const limits = { anonymous: 20, signedIn: 30, health: 40 };
    const test = await testPanel({
      environment: { CATALYST_RATE_LIMITS: JSON.stringify(limits), CATALYST_TRUSTED_PROXIES: '127.0.0.1' },
    });
    const count = async (path: string, times: number, ip: string, token?: string) => {
      const headers = { 'x-forwarded-for': ip, 'x-forwarded-proto': 'https' };
      const answers = await Promise.all(
        Array.from({ length: times }, () => ask(test, path, { headers, token })),
      );
      const refused = answers.filter(({ status }) => status === 429);
      for (const { headers, body } of refused) {
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
        expect(body.error).toMatchObject({ code: 'rate_limited', retryAfterSeconds: expect.any(Number) });
      }
      return refused.length;
    };
    expect(await count('/api/setup', 25, '203.0.113.1')).toBeGreaterThanOrEqual(4);
    expect(await count('/api/setup', 15, '203.0.113.2')).toBe(0);
    expect(await count('/api/auth/me', 28, '203.0.113.1', test.user.token)).toBe(0);
    expect(await count('/api/auth/me', 10, '203.0.113.3', test.user.token)).toBeGreaterThan(0);
    expect(await count('/api/auth/me', 10, '203.0.113.1', test.admin.token)).toBe(0);
    // A made-up token does not open a bucket of its own.
    expect(await count('/api/auth/me', 25, '203.0.113.4', 'x'.repeat(43))).toBeGreaterThanOrEqual(4);
    expect(await count('/health', 50, '203.0.113.5')).toBeGreaterThanOrEqual(8);
    await test.close();
  });
});

describe('addresses', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('%s counts as %s', (address, group) => {
    expect(addressGroup(address)).toBe(group);
  });

  it('of proxies are trusted by network', () => {
    const isTrusted = trustProxies(['10.0.0.0/8', '192.0.2.1', '2001:db8::/32']);
    expect(['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.1', '2001:db8::5'].map(isTrusted)).toEqual(
      Array(4).fill(true),
    );
    expect(['11.1.2.3', '192.0.2.2', '2001:db9::5', 'nonsense', ''].map(isTrusted)).toEqual(
      Array(5).fill(false),
    );
    expect(() => trustProxies(['proxy.example'])).toThrow('neither an address nor a network');
    expect(() => trustProxies(['10.0.0.0/99'])).toThrow('is not a network');
  });
});
