import { expect, it } from 'vitest';
import { auditText } from './audit-text.ts';
import { isSecretName, redact } from './redact.ts';

const secretNames = [
  ...[
    'password',
    'newPassword',
    'PASSWORD',
    'pass',
    'passwd',
    'pwd',
    'user_pwd',
    'passphrase',
    'Pass-Word',
    'p a s s',
  ],
  ...[
    'ｐａｓｓｗｏｒｄ',
    'pass\u200bword',
    'pa\u00adss',
    'p.a.s.s.w.o.r.d',
    'ṗassword',
    'passwordHash',
    '\u202epassword',
  ],
  ...[
    'secret',
    'clientSecret',
    'client_secret',
    'secret_key',
    'S3_SECRET_ACCESS_KEY',
    'secretAccessKey',
    'totpSecret',
  ],
  ...[
    'token',
    'accessToken',
    'refresh_token',
    'id_token',
    'deploymentToken',
    'csrf',
    'xsrfHeader',
    'jwt',
    'bearer',
  ],
  ...[
    'apiKey',
    'api-key',
    'api_key',
    'x-api-key',
    'APIKEY',
    'accessKey',
    'ssh_key',
    'sshKey',
    'signingKey',
    'licenseKey',
  ],
  ...[
    'privateKey',
    'private_key',
    'key',
    'keys',
    'pem',
    'certificatePem',
    'authorization',
    'Authorisation',
    'auth',
  ],
  ...[
    'proxy-authorization',
    'cookie',
    'Set-Cookie',
    'session',
    'sessionId',
    'sid',
    'credential',
    'credentials',
  ],
  ...[
    'code',
    'codes',
    'otp',
    'totp',
    'totpCode',
    'mfaCode',
    'recoveryCodes',
    'backup_codes',
    'inviteCode',
    'pin',
  ],
  ...[
    'challenge',
    'assertion',
    'signature',
    'salt',
    'hash',
    'nonce',
    'webhookUrl',
    'dsn',
    'databaseUrl',
    'seed',
  ],
];
const plainNames = [
  ...[
    'name',
    'email',
    'displayName',
    'action',
    'author',
    'authorId',
    'authors',
    'description',
    'permissions',
    'role',
  ],
  ...[
    'allocatedMemoryMb',
    'primaryPort',
    'cpuPinning',
    'portBindings',
    'serverId',
    'nodeId',
    'templateId',
    'command',
  ],
  ...[
    'state',
    'from',
    'to',
    'reason',
    'ip',
    'hostname',
    'image',
    'keyId',
    'monkey',
    'keyboard',
    'swapMb',
    'pids',
    'scopes',
  ],
];

it.each(secretNames)('takes out what stands under %j, at any depth', (name) => {
  const details = { [name]: 'canary', outer: [{ inner: { [name]: { deep: ['canary'] } } }] };
  expect(JSON.stringify(redact(details))).not.toContain('canary');
});

it.each(plainNames)('keeps what stands under %j', (name) => {
  expect(isSecretName(name)).toBe(false);
  expect(redact({ [name]: 'value' })).toEqual({ [name]: 'value' });
});

it.each([
  ['Authorization: Bearer abcdef0123456789', 'Authorization: Bearer [redacted]'],
  ['clone https://me:canary@git.example.com/x', 'clone https://[redacted]@git.example.com/x'],
  ['postgres://user:canary@db:5432/x', 'postgres://[redacted]@db:5432/x'],
  ['see https://example.com/a?x=1&token=canary&y=2', 'see https://example.com/a?x=1&token=[redacted]&y=2'],
  ['eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl', '[redacted]'],
  ['-----BEGIN PRIVATE KEY-----\ncanary', '[redacted]'],
  ['say hello to https://example.com/welcome', 'say hello to https://example.com/welcome'],
])('knows credentials by their looks: %j', (text, kept) => {
  expect(redact({ command: text })).toEqual({ command: kept });
});

it('keeps that something was set, and names of variables', () => {
  const details = { password: null, tokens: true, environment: { SEED: 'canary' } };
  expect(redact(details)).toEqual({ password: null, tokens: true, environment: ['SEED'] });
});

it('cuts what is endless, without taking long', () => {
  const text = `${'a'.repeat(5000)}://${'b:'.repeat(50_000)}`;
  const startedAt = performance.now();
  const kept = redact({ text, list: Array(1000).fill(text), deep: nested(100) });
  expect(performance.now() - startedAt).toBeLessThan(500);
  expect(JSON.stringify(kept).length).toBeLessThan(64 * 1024);
  expect(
    redact(Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`field${n}`, text]))),
  ).toBeDefined();
});

it.each([
  ['two\nlines', 'two\\nlines'],
  ['\r\n2026-01-01 admin signed in', '\\r\\n2026-01-01 admin signed in'],
  ['\x1b[2J\x1b[31mred', '\\x1b[2J\\x1b[31mred'],
  ['a\u202egnp.exe', 'a\\u202egnp.exe'],
  ['\u2066hidden\u2069', '\\u2066hidden\\u2069'],
  ['line\u2028line', 'line\\u2028line'],
  ['\u009b31m', '\\x9b31m'],
  ['\0', '\\x00'],
  ['\ud800', '\ufffd'],
  ['Ünïcödé 漢字 🎮 עברית', 'Ünïcödé 漢字 🎮 עברית'],
])('writes out what would deceive a reader: %j', (text, written) => {
  expect(auditText(text)).toBe(written);
  expect(redact({ [text]: text })).toEqual({ [written]: written });
});

const nested = (depth: number): object => (depth === 0 ? {} : { inner: nested(depth - 1) });
