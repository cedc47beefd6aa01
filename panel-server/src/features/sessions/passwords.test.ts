import { parseOptions } from '@node-rs/argon2';
import { describe, expect, it } from 'vitest';
import { nobodysHash, Passwords } from './passwords.ts';

describe('passwords', () => {
  const passwords = new Passwords();

  it('match their own hash only', async () => {
    const hash = await passwords.hash('correct horse');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await passwords.hash('correct horse')).not.toBe(hash);
    expect(await passwords.matches(hash, 'correct horse', 'stranger')).toBe(true);
    expect(await passwords.matches(hash, 'Correct horse', 'stranger')).toBe(false);
    expect(await passwords.matches(undefined, 'correct horse', 'stranger')).toBe(false);
  });

  it('cost the same where there is no account', async () => {
    expect(parseOptions(nobodysHash)).toEqual(parseOptions(await passwords.hash('any')));
  });

  it('turn a crowd away instead of making it wait', async () => {
    const results = await Promise.allSettled(Array.from({ length: 100 }, () => passwords.hash('crowd')));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.length).toBeGreaterThan(40);
    expect(refused.length).toBeLessThan(100);
    for (const { reason } of refused) expect(reason.code).toBe('rate_limited');
    expect(await passwords.hash('later')).toBeDefined();
  });

  it('are judged at once for who is known, whoever crowds', async () => {
    const hash = await passwords.hash('correct horse', 'known');
    let judged = 0;
    const crowd = Array.from({ length: 100 }, () =>
      passwords.matches(undefined, 'crowd', 'stranger').finally(() => judged++),
    );
    const outcome = Promise.allSettled(crowd);
    expect(await passwords.matches(hash, 'correct horse', 'known')).toBe(true);
    expect(100 - judged).toBeGreaterThan(30);
    await outcome;
  });
});
