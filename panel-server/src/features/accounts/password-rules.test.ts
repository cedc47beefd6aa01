import { hash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../logger.ts';
import { isCommon, PasswordRules } from './password-rules.ts';

const rulesWith = (passwords: { minLength: number; breachApiUrl: string | null }) =>
  new PasswordRules(
    {
      read: async (field: string) => (field === 'passwords' ? passwords : ['127.0.0.1']),
    } as never,
    createLogger('silent'),
  );

describe('passwords that everybody tries first', () => {
  it.each([
    'password12',
    'Password123!',
    'P4$$w0rd2024',
    'p@ssw0rdp@ssw0rd',
    'qwertyuiop',
    '1234567890',
    '0987654321',
    'aaaaaaaaaaaa',
    'abcabcabcabc',
    '1q2w3e4r5t6y',
    'iloveyou2024',
    'minecraft123',
    'Minecraft-Server1',
    'administrator1',
    'welcome2024!',
    'letmein12345',
    'changeme1234',
    'zxcvbnm,./123',
  ])('%s is refused', (password) => {
    expect(isCommon(password)).toBe(true);
  });

  it.each([
    'correct horse battery',
    'test password of mine 7',
    'Xk29-vlQp-77',
    'the quick brown fox jumps',
    'пароль который длинный',
    '7f9a2c41be',
  ])('%s is not', (password) => {
    expect(isCommon(password)).toBe(false);
  });

  it('takes no longer for a long one', () => {
    const started = performance.now();
    isCommon('passwordlove'.repeat(21));
    isCommon('ab'.repeat(128));
    expect(performance.now() - started).toBeLessThan(50);
  });
});

describe('the rules', () => {
  it('ask for length and for something else than names', async () => {
    const rules = rulesWith({ minLength: 14, breachApiUrl: null });
    await expect(rules.require('short-secret')).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [{ path: 'password', message: 'must have at least 14 characters' }],
    });
    const about = ['johannes@example.com', 'johannes'];
    await expect(rules.require('johannes-2024x', about)).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(rules.require('johannes likes old ships', about)).resolves.toBeUndefined();
  });
});

describe('the range API', () => {
  let server: Server;
  let breachApiUrl: string;
  const asked: string[] = [];
  const breached = 'blue-elephant-staircase';
  const digest = hash('sha1', breached, 'hex').toUpperCase();
  const padded = 'green-elephant-staircase';
  const paddedDigest = hash('sha1', padded, 'hex').toUpperCase();
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (request.url?.startsWith('/broken')) response.writeHead(500).end();
      else response.end(`${'0'.repeat(35)}:3\r\n${digest.slice(5)}:42\r\n${paddedDigest.slice(5)}:0\r\n`);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    breachApiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/range`;
  });
  afterAll(() => server.close());

  it('is asked with five digits only, and believed', async () => {
    const rules = rulesWith({ minLength: 10, breachApiUrl });
    await expect(rules.require(breached)).rejects.toMatchObject({
      issues: [{ path: 'password', message: 'is known from a breach elsewhere' }],
    });
    expect(asked).toEqual([`/range/${digest.slice(0, 5)}`]);
    await expect(rules.require(padded)).resolves.toBeUndefined();
  });

  it('stops nobody when it does not answer', async () => {
    const broken = rulesWith({ minLength: 10, breachApiUrl: breachApiUrl.replace('/range', '/broken') });
    await expect(broken.require(breached)).resolves.toBeUndefined();
    const away = rulesWith({ minLength: 10, breachApiUrl: 'http://127.0.0.1:1/range' });
    await expect(away.require(breached)).resolves.toBeUndefined();
  });
});
