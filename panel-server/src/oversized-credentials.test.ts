import { api } from '@catalyst/shared/api';
import { callUrl } from '@catalyst/shared/contract/client';
import type { Route } from '@catalyst/shared/contract/route';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { z } from 'zod';
import { type Ask, ask } from './testing/ask.ts';
import { codeOf } from './testing/code-of.ts';
import { sampleOf } from './testing/sample.ts';
import { type TestPanel, testDatabases, testPanel } from './testing/test-panel.ts';
import { TestSocket } from './testing/test-socket.ts';

// Every door that takes a credential, found in the contract, so that a new one is tried as well.

const credential =
  /^(email|password|currentPassword|token|code|recoveryCode|challenge|ceremony|secret|invitation|search|name)$/;
const doors = Object.entries(api).flatMap(([feature, group]) =>
  Object.entries(group).flatMap(([name, route]) => {
    const { url, schema } = route as Route;
    const { shape } = (schema.body ?? {}) as { shape?: Record<string, z.ZodType> };
    const isAboutPeople = /^\/api\/(auth|setup|admin\/users|deploy)\b/.test(url);
    return Object.entries(shape ?? {})
      .filter(([field]) => isAboutPeople && credential.test(field))
      .map(([field, type]) => ({ door: `${feature}.${name}`, field, type, route: route as Route }));
  }),
);
const oversized: [string, string][] = [
  ['1 MB', 'x'.repeat(1_000_000)],
  ['an address of 100,000 characters', `${'x'.repeat(100_000)}@example.com`],
];
const unkeepable: [string, string][] = [
  ['NUL', 'a\0b@example.com'],
  ['half a surrogate pair', '\ud800xxxxxxxxxxx'],
];
const environment = {
  CATALYST_RATE_LIMITS: JSON.stringify({
    ...{ anonymous: 100_000, signedIn: 100_000, sockets: 100_000, accountRequestsPerAddress: 100_000 },
    ...{ signInFailuresPerAccount: 100_000, signInFailuresPerAddress: 100_000 },
  }),
};
const tries = 20;
const longestMs = 50;

describe.each(testDatabases)('a credential that cannot be one, on %s', (database) => {
  let test: TestPanel;
  beforeAll(async () => {
    test = await testPanel({ database, environment });
  });
  afterAll(() => test?.close());

  /** Of several tries the quickest, which a busy machine slows least. No password is hashed meanwhile. */
  async function quickest<T>(attempt: () => Promise<T>): Promise<{ answers: T[]; ms: number }> {
    const { passwords } = test.panel.core;
    const hashing = [vi.spyOn(passwords, 'hash'), vi.spyOn(passwords, 'matches')];
    const answers: T[] = [];
    let ms = Number.POSITIVE_INFINITY;
    for (let round = 0; round < tries && (round === 0 || ms >= longestMs); round++) {
      const started = performance.now();
      answers.push(await attempt());
      ms = Math.min(ms, performance.now() - started);
    }
    for (const spy of hashing) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
    return { answers, ms };
  }

  const bodyOf = (route: Route, field: string, value: string) => ({
    ...(sampleOf(route.schema.body as z.ZodType) as object),
    [field]: value,
  });
  const params = { id: '01890000-0000-7000-8000-000000000000' };
  const send = (route: Route, body: unknown) =>
    ask(test, callUrl(route, { params } as never), { method: route.method, token: test.admin.token, body });

  it('is looked for at every door', () => {
    const names = doors.map(({ door, field }) => `${door} ${field}`);
    expect(names).toEqual(
      expect.arrayContaining([
        ...['sessions.login email', 'sessions.login password', 'sessions.factor challenge'],
        ...['sessions.factor code', 'sessions.factor recoveryCode', 'sessions.reauthenticate password'],
        ...['sessions.setup code', 'sessions.setup password', 'accounts.register password'],
        ...['accounts.register invitation', 'accounts.invitation token', 'accounts.verify token'],
        ...['accounts.forgot email', 'accounts.reset token', 'accounts.reset password'],
        ...['accounts.changePassword currentPassword', 'accounts.changePassword password'],
        ...['accounts.changeEmail email', 'accounts.updateProfile name', 'accounts.signInByPasskey ceremony'],
        ...['factors.confirmTotp code', 'factors.askForPasskey challenge', 'users.setPassword password'],
        ...['deploy.package secret', 'oidc.finish search'],
      ]),
    );
  });

  it.each(doors)('is refused at once and unhashed: $door, $field', async ({ field, route }) => {
    for (const [what, value] of oversized) {
      const { answers, ms } = await quickest(() => send(route, bodyOf(route, field, value)));
      for (const { status, body } of answers) {
        expect([status, body.error.code], what).toEqual([422, 'invalid_input']);
        expect(body.error.issues.map(({ path }: { path: string }) => path)).toContain(field);
      }
      expect(ms, what).toBeLessThan(longestMs);
    }
    for (const [what, value] of unkeepable) {
      const { answers } = await quickest(() => send(route, bodyOf(route, field, value)));
      // A link's token may be any short text; it is only ever hashed, and is none of ours.
      const isText = /email|password/i.test(field);
      for (const { status } of answers) {
        expect(isText ? [422] : [401, 404, 409, 422], what).toContain(status);
      }
    }
  });

  const headers: [string, (value: string) => Ask][] = [
    ['an API key', (value) => ({ headers: { 'x-api-key': value } })],
    ['a bearer token', (value) => ({ headers: { authorization: `Bearer ${value}` } })],
    ['a key as a bearer token', (value) => ({ headers: { authorization: `Bearer catalyst_${value}` } })],
    ['a cookie', (value) => ({ cookie: `catalyst=${value}` })],
  ];

  it.each(headers)('is refused at once and not looked up: %s', async (_what, request) => {
    const queried = vi.spyOn(test.panel.core.database, 'getRepository');
    for (const value of [
      'x'.repeat(12_000),
      'é',
      'x',
      `${test.admin.token}x`,
      `catalyst_${'x'.repeat(44)}`,
    ]) {
      const encoded = Buffer.from(value).toString('latin1');
      queried.mockClear();
      const { answers, ms } = await quickest(() => ask(test, '/api/auth/me', request(encoded)));
      for (const { status } of answers) expect(status).toBe(401);
      expect(queried).not.toHaveBeenCalled();
      expect(ms).toBeLessThan(longestMs);
    }
    queried.mockRestore();
    // More than that is no request at all.
    expect((await ask(test, '/api/auth/me', request('x'.repeat(60_000)))).status).toBe(400);
  });

  it('is refused at once and not looked up: the token of a socket', async () => {
    const queried = vi.spyOn(test.panel.core.database, 'getRepository');
    for (const token of ['x'.repeat(60_000), 'a\0b', '\ud800', `catalyst_${'x'.repeat(44)}`]) {
      const { answers } = await quickest(() => codeOf(TestSocket.connected(test.url, token)));
      expect(answers).toContain('unauthenticated');
    }
    expect(queried).not.toHaveBeenCalled();
    queried.mockRestore();
  });
});
