import { StartError } from '@catalyst/shared/node/start-error';
import type { RedisClientType } from '@redis/client';
import type { Logger } from '../logger.ts';

/** Longer than that nobody waits to be counted. */
const answerTimeoutMs = 250;
const connectTimeoutMs = 5000;
const longestPauseMs = 10_000;

/** A bucket that refills evenly over a minute, by the clock of Redis. Answers how many ms until the next one may pass. */
const takeOne = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local capacity = tonumber(ARGV[1])
local perMs = capacity / 60000
local kept = redis.call('HMGET', KEYS[1], 'level', 'at')
local level = tonumber(kept[1]) or capacity
level = math.min(capacity, level + math.max(0, now - (tonumber(kept[2]) or now)) * perMs)
local waitMs = 0
if level >= 1 then level = level - 1 else waitMs = math.ceil((1 - level) / perMs) end
redis.call('HSET', KEYS[1], 'level', tostring(level), 'at', now)
redis.call('PEXPIRE', KEYS[1], 61000)
return waitMs
`;

/** Buckets that all panels of one Redis take from. */
export class SharedBuckets {
  readonly #client: RedisClientType;
  readonly #log: Logger;
  #isTroubled = false;

  private constructor(client: RedisClientType, log: Logger) {
    this.#client = client;
    this.#log = log;
  }

  /** Throws a StartError when there is no Redis at that address at the start; later it may come and go. */
  static async connect(url: string, log: Logger): Promise<SharedBuckets> {
    const { createClient } = await import('@redis/client');
    const client = createClient({
      url,
      disableOfflineQueue: true,
      socket: {
        connectTimeout: connectTimeoutMs,
        reconnectStrategy: (attempts) => Math.min(longestPauseMs, 100 * 2 ** Math.min(attempts, 10)),
      },
    }) as RedisClientType;
    const buckets = new SharedBuckets(client, log);
    let isReady = false;
    const refused = new Promise<never>((_resolve, reject) => {
      client.on('error', (err: unknown) => {
        if (isReady) buckets.#trouble(err);
        else reject(new StartError(`CATALYST_REDIS_URL: ${(err as Error).message}`, { cause: err }));
      });
    });
    try {
      await Promise.race([client.connect(), refused]);
    } catch (error) {
      client.destroy();
      throw error;
    }
    isReady = true;
    return buckets;
  }

  /** How long until one may pass, 0 when it has; undefined when Redis does not say, and each panel counts for itself. */
  async take(key: string, perMinute: number): Promise<number | undefined> {
    if (!this.#client.isReady) return undefined;
    try {
      const waitMs = await withinTime(
        this.#client.eval(takeOne, { keys: [`catalyst:limit:${key}`], arguments: [String(perMinute)] }),
      );
      if (this.#isTroubled) this.#log.info('Requests are counted in Redis again');
      this.#isTroubled = false;
      return Number(waitMs);
    } catch (err) {
      this.#trouble(err);
      return undefined;
    }
  }

  close(): void {
    this.#client.destroy();
  }

  #trouble(err: unknown): void {
    if (this.#isTroubled) return;
    this.#isTroubled = true;
    this.#log.warn({ err }, 'Redis does not answer; until it does, each panel counts requests for itself');
  }
}

async function withinTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('Redis took too long')), answerTimeoutMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
    answer.catch(() => {});
  }
}
