import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Redis, startRedis } from '../../../e2e/services/redis.ts';
import { RateLimits } from '../config.ts';
import { createLogger } from '../logger.ts';
import { ask } from '../testing/ask.ts';
import { type TestPanel, testPanel } from '../testing/test-panel.ts';
import { RateLimiter } from './rate-limits.ts';
import { SharedBuckets } from './shared-buckets.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('limits in Redis', () => {
  const open: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });
  const begin = async (skip: (reason: string) => never): Promise<Redis & { port: number }> => {
    const port = await freePort();
    const redis = await startRedis(port);
    if (!redis) return skip('no redis-server was found; Debian has it in redis-server');
    open.push(redis.stop);
    return { ...redis, port };
  };
  const limits = RateLimits.parse({ anonymous: 20, signedIn: 30 });
  const passed = async (takes: (() => unknown)[]) => {
    const results = await Promise.allSettled(takes.map(async (take) => take()));
    const refused = results.filter((result) => result.status === 'rejected');
    for (const { reason } of refused) {
      expect(reason).toMatchObject({ code: 'rate_limited', retryAfterSeconds: expect.any(Number) });
    }
    return results.length - refused.length;
  };

  it('are one for all panels', async ({ skip }) => {
    const { url } = await begin(skip);
    const environment = {
      CATALYST_REDIS_URL: url,
      CATALYST_RATE_LIMITS: JSON.stringify({ anonymous: 20, signedIn: 30 }),
    };
    const panels: TestPanel[] = [];
    for (let index = 0; index < 2; index++) {
      const panel = await testPanel({ environment });
      panels.push(panel);
      open.push(() => panel.close());
    }
    const answers = await Promise.all(
      panels.flatMap((panel) => Array.from({ length: 18 }, () => ask(panel, '/api/setup'))),
    );
    const refused = answers.filter(({ status }) => status === 429);
    // Each alone would have let all of its 18 through.
    expect(refused.length).toBeGreaterThanOrEqual(14);
    expect(refused.length).toBeLessThanOrEqual(16);
    for (const { headers } of refused) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    const [first] = panels;
    expect((await first?.user.api.sessions.me())?.name).toBe('user');
  });

  it('count exactly when many come at once, and each for himself', async ({ skip }) => {
    const { url } = await begin(skip);
    const log = createLogger('silent');
    const shared = await Promise.all([1, 2, 3].map(() => SharedBuckets.connect(url, log)));
    for (const one of shared) open.push(() => one.close());
    const limiters = shared.map((one) => new RateLimiter(limits, one));
    const takes = limiters.flatMap((limiter) =>
      Array.from({ length: 19 }, () => () => limiter.take('anonymous', '203.0.113.1')),
    );
    const count = await passed(takes);
    expect(count).toBeGreaterThanOrEqual(20);
    expect(count).toBeLessThanOrEqual(21);
    expect(await passed([() => limiters[0]?.take('anonymous', '203.0.113.2')])).toBe(1);
    const own = limiters.flatMap((limiter) => [1, 2, 3].map(() => () => limiter.takeOwn('key', 4)));
    expect(await passed(own)).toBe(4);
  });

  it('are counted by each panel while Redis is away, and by all again afterwards', async ({ skip }) => {
    const redis = await begin(skip);
    const shared = await SharedBuckets.connect(redis.url, createLogger('silent'));
    open.push(() => shared.close());
    const limiter = new RateLimiter(limits, shared);
    await redis.stop();
    await vi.waitFor(async () => expect(await shared.take('x', 10)).toBeUndefined());
    const started = performance.now();
    const takes = Array.from({ length: 25 }, () => () => limiter.take('anonymous', 'somebody'));
    expect(await passed(takes)).toBe(20);
    expect(performance.now() - started).toBeLessThan(2000);
    const again = await startRedis(redis.port);
    open.push(() => again?.stop());
    await vi.waitFor(async () => expect(await shared.take('y', 10)).toBe(0), { timeout: 20_000 });
  });

  it('must be there at the start', async () => {
    const log = createLogger('silent');
    const url = `redis://127.0.0.1:${await freePort()}`;
    await expect(SharedBuckets.connect(url, log)).rejects.toThrow('CATALYST_REDIS_URL');
  });
});
