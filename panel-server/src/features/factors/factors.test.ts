import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Answer, ask } from '../../testing/ask.ts';
import { fromBase32 } from '../../testing/from-base32.ts';
import {
  password,
  type TestClient,
  type TestPanel,
  testDatabases,
  testPanel,
} from '../../testing/test-panel.ts';
import { TestPasskey } from '../../testing/test-passkey.ts';
import { SessionEntity } from '../sessions/session.entity.ts';
import { RecoveryCodeEntity } from './recovery-code.entity.ts';
import { totpCode, totpStep } from './totp.ts';
import { TotpFactorEntity } from './totp-factor.entity.ts';

const origin = 'https://panel.example.com';
const environment = {
  CATALYST_PUBLIC_URL: origin,
  CATALYST_TRUSTED_PROXIES: '127.0.0.1',
  CATALYST_RATE_LIMITS: '{"anonymous":100000,"signedIn":1000000,"signInFailuresPerAddress":100000}',
};
let addresses = 0;
const elsewhere = () => {
  addresses += 1;
  return {
    'x-forwarded-for': `198.51.${addresses >> 8}.${addresses & 255}`,
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'panel.example.com',
    origin,
  };
};

describe.each(testDatabases)('second factors on %s', (database) => {
  let test: TestPanel;
  beforeAll(async () => {
    // The clock stands still: what is expected of a code must not change with the step that the test happens to cross.
    vi.useFakeTimers({ toFake: ['Date'] });
    test = await testPanel({ database, environment });
  });
  afterAll(async () => {
    await test.close();
    vi.useRealTimers();
  });

  const send = (
    path: string,
    body: unknown,
    options: { token?: string; headers?: object; method?: string } = {},
  ) => ask(test, path, { body, headers: { ...elsewhere(), ...options.headers }, ...pick(options) });
  const pick = ({ token, method }: { token?: string; method?: string }) => ({ token, method });
  const login = (name: string, headers: object = {}) =>
    send('/api/auth/login', { email: `${name}@example.com`, password }, { headers });
  const challengeOf = async (name: string): Promise<string> => {
    const answer = await login(name);
    expect([answer.status, answer.body.error.code]).toEqual([401, 'factor_required']);
    return answer.body.error.challenge.token;
  };
  const secondStep = (body: object, headers: object = {}) => send('/api/auth/factor', body, { headers });
  const countOf = (answers: Answer[], wanted: number) =>
    answers.filter(({ status }) => status === wanted).length;

  /** A user with an app; `codeOf` gives the code of another step than now. */
  async function enrolled(name: string) {
    const client = await test.createUser(name);
    const { secret } = await client.api.factors.beginTotp();
    const key = fromBase32(secret);
    const codeOf = (offset: number) => totpCode(key, totpStep(Date.now()) + offset);
    const { recoveryCodes } = await client.api.factors.confirmTotp({ body: { code: codeOf(-1) } });
    // As if it were long ago, so that all codes of now are unused.
    await test.panel.core.database
      .getRepository(TotpFactorEntity)
      .update({ id: client.userId }, { lastStep: 1 });
    return { client, codeOf, recoveryCodes, secret };
  }

  it('of an app are asked for from the confirmation on, and the other sessions end', async () => {
    const client = await test.createUser('enrolling');
    const other = (await login('enrolling')).body.token;
    const { secret, uri } = await client.api.factors.beginTotp();
    expect(uri).toContain(`otpauth://totp/Catalyst:enrolling%40example.com?secret=${secret}&`);
    expect((await login('enrolling')).status).toBe(200);
    await expect(client.api.factors.confirmTotp({ body: { code: '000000' } })).rejects.toMatchObject({
      code: 'invalid_credentials',
    });
    const code = totpCode(fromBase32(secret), totpStep(Date.now()));
    const { recoveryCodes } = await client.api.factors.confirmTotp({ body: { code } });
    expect(new Set(recoveryCodes).size).toBe(10);
    expect((await ask(test, '/api/auth/me', { token: other })).status).toBe(401);
    expect(await client.api.factors.get()).toMatchObject({
      totp: { isEnabled: true },
      recoveryCodesLeft: 10,
      hasPassword: true,
    });
    const answer = await login('enrolling');
    expect(answer.body.error.challenge).toEqual({
      token: expect.stringMatching(/^[\w-]{43}$/),
      methods: ['totp', 'recovery-code'],
      expiresAt: expect.any(String),
    });
    expect(answer.headers.get('set-cookie')).toBeNull();
    // The code that confirmed it has been used.
    const challenge = answer.body.error.challenge.token;
    expect((await secondStep({ challenge, code })).status).toBe(401);
    const rows = [
      ...(await test.panel.core.database.getRepository(TotpFactorEntity).find()),
      ...(await test.panel.core.database.getRepository(RecoveryCodeEntity).find()),
    ];
    for (const kept of [secret, fromBase32(secret).toString('base64url'), ...recoveryCodes]) {
      expect(JSON.stringify(rows)).not.toContain(kept);
    }
  });

  it('take a code of now and of the steps beside it, each once', async () => {
    const { codeOf } = await enrolled('stepping');
    for (const [offset, status] of [
      [-2, 401],
      [2, 401],
      [-1, 200],
      [-1, 401],
      [0, 200],
      [-1, 401],
      [1, 200],
    ] as const) {
      const challenge = await challengeOf('stepping');
      expect((await secondStep({ challenge, code: codeOf(offset) })).status, String(offset)).toBe(status);
    }
  });

  it('let one of twenty through that come with one code at once', async () => {
    const { codeOf } = await enrolled('racing');
    const challenges = await Promise.all(Array.from({ length: 20 }, () => challengeOf('racing')));
    const code = codeOf(0);
    const answers = await Promise.all(challenges.map((challenge) => secondStep({ challenge, code })));
    expect(countOf(answers, 200)).toBe(1);
  });

  it('end a challenge with the sign-in it belongs to', async () => {
    const { codeOf, recoveryCodes } = await enrolled('once');
    const challenge = await challengeOf('once');
    expect((await secondStep({ challenge, code: codeOf(0) })).status).toBe(200);
    expect((await secondStep({ challenge, recoveryCode: recoveryCodes[0] })).status).toBe(401);
  });

  it('are bound to one account: no challenge of another, of another kind, or made up opens it', async () => {
    const victim = await enrolled('victim');
    const attacker = await enrolled('attacker');
    const own = await challengeOf('attacker');
    const foreign = await secondStep({ challenge: own, code: victim.codeOf(0) });
    expect(foreign.status).toBe(401);
    const { link } = await test.admin.api.accounts.invite({ body: {} });
    for (const challenge of [link.path.split('#')[1], attacker.client.token, victim.client.userId, '']) {
      expect((await secondStep({ challenge, code: victim.codeOf(0) })).status).toBe(401);
    }
    for (const path of ['/api/auth/me', '/api/servers', '/api/auth/factors']) {
      expect((await ask(test, path, { token: own })).status).toBe(401);
    }
    expect((await send('/api/auth/reset', { token: own, password: 'another horse stapled' })).status).toBe(
      401,
    );
    const late = await challengeOf('victim');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 301_000 });
    try {
      expect((await secondStep({ challenge: late, code: victim.codeOf(0) })).status).toBe(401);
    } finally {
      vi.useRealTimers();
    }
  });

  it('stop the sixth guess, wherever the next sign-in with the right password comes from', async () => {
    const { codeOf } = await enrolled('guessed');
    const headers = elsewhere();
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 6; attempt++) {
      const answer = await login('guessed', headers);
      const challenge = answer.body.error.challenge.token;
      statuses.push((await secondStep({ challenge, code: wrong(codeOf) }, headers)).status);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    expect((await secondStep({ challenge: await challengeOf('guessed'), code: codeOf(0) })).status).toBe(200);
  });

  it('take a recovery code once, and none of before they were renewed', async () => {
    const { client, recoveryCodes, codeOf } = await enrolled('recovering');
    const [first = '', second] = recoveryCodes;
    const typed = first.toUpperCase().replaceAll('-', ' ');
    const challenges = await Promise.all(Array.from({ length: 4 }, () => challengeOf('recovering')));
    const answers = await Promise.all(
      challenges.map((challenge) => secondStep({ challenge, recoveryCode: typed })),
    );
    expect(countOf(answers, 200)).toBe(1);
    expect((await client.api.factors.get()).recoveryCodesLeft).toBe(9);
    const { recoveryCodes: renewed } = await client.api.factors.renewRecoveryCodes();
    const challenge = await challengeOf('recovering');
    expect((await secondStep({ challenge, recoveryCode: second })).status).toBe(401);
    expect((await secondStep({ challenge, recoveryCode: renewed[0] })).status).toBe(200);
    await client.api.factors.removeTotp();
    expect((await login('recovering')).status).toBe(200);
    expect((await client.api.factors.get()).recoveryCodesLeft).toBe(0);
    expect(codeOf(0)).toMatch(/^\d{6}$/);
  });

  it('cannot be changed from a screen that was left unlocked', async () => {
    const { client } = await enrolled('unlocked');
    await test.panel.core.database
      .getRepository(SessionEntity)
      .update({ userId: client.userId }, { authenticatedAt: new Date(Date.now() - 601_000) });
    const { factors } = client.api;
    for (const change of [
      () => factors.removeTotp(),
      () => factors.renewRecoveryCodes(),
      () => factors.beginPasskey(),
      () => client.api.accounts.changeEmail({ body: { email: 'thief@example.com' } }),
    ]) {
      await expect(change()).rejects.toMatchObject({ code: 'reauthentication_required' });
    }
    expect((await client.api.factors.get()).totp.isEnabled).toBe(true);
  });

  it('prove who sits there, by a code as well, and not more often than a sign-in', async () => {
    const { client, codeOf } = await enrolled('proving');
    await test.panel.core.database
      .getRepository(SessionEntity)
      .update({ userId: client.userId }, { authenticatedAt: new Date(0) });
    const state = await client.api.sessions.reauthenticationState();
    expect(state).toEqual({ methods: ['password', 'totp'], authenticatedUntil: null });
    await client.api.sessions.reauthenticate({ body: { code: codeOf(0) } });
    await client.api.factors.renewRecoveryCodes();
    await expect(client.api.sessions.reauthenticate({ body: { code: codeOf(0) } })).rejects.toMatchObject({
      code: 'invalid_credentials',
    });
    for (let attempt = 0; attempt < 4; attempt++) {
      await client.api.sessions.reauthenticate({ body: { password: 'wrong' } }).catch(() => {});
    }
    await expect(client.api.sessions.reauthenticate({ body: { password } })).rejects.toMatchObject({
      code: 'rate_limited',
    });
  });

  describe('passkeys', () => {
    const begin = (client: TestClient) =>
      send('/api/auth/passkeys/options', undefined, { token: client.token, method: 'POST' });
    async function withPasskey(name: string) {
      const client = await test.createUser(name);
      const passkey = new TestPasskey();
      const begun = await begin(client);
      expect(begun.status).toBe(200);
      const made = await send(
        '/api/auth/passkeys',
        { ...passkey.create(begun.body, origin), name: 'My phone' },
        { token: client.token },
      );
      expect(made.status, made.text).toBe(201);
      return { client, passkey, id: made.body.id as string };
    }
    const askFor = async (purpose: string, extra: object = {}, token?: string) =>
      (await send('/api/auth/passkey/options', { purpose, ...extra }, { token })).body;
    const signIn = (answer: object, headers: object = {}) => send('/api/auth/passkey', answer, { headers });

    it('sign in without a password, once for each ceremony', async () => {
      const { client, passkey } = await withPasskey('passkeyed');
      const answer = passkey.prove(await askFor('sign-in'), origin);
      const answers = await Promise.all(Array.from({ length: 10 }, () => signIn(answer)));
      const [signedIn] = answers.filter(({ status }) => status === 200);
      expect(countOf(answers, 200)).toBe(1);
      expect(signedIn?.body.user.id).toBe(client.userId);
      expect(signedIn?.headers.get('set-cookie')).toMatch(/^__Host-catalyst=/);
      const { passkeys, passkeyProblem } = await client.api.factors.get();
      expect(passkeys).toEqual([
        expect.objectContaining({
          name: 'My phone',
          host: 'panel.example.com',
          lastUsedAt: expect.any(Date),
        }),
      ]);
      expect(passkeyProblem).toContain('work only at');
    });

    it('are not more than a person can look after, however many are made at once', async () => {
      const client = await test.createUser('collector');
      const begun = await Promise.all(Array.from({ length: 24 }, () => begin(client)));
      const made = await Promise.all(
        begun.map(({ body }, index) =>
          send(
            '/api/auth/passkeys',
            { ...new TestPasskey().create(body, origin), name: `Key ${index}` },
            { token: client.token },
          ),
        ),
      );
      expect([countOf(made, 201), countOf(made, 409)]).toEqual([20, 4]);
      expect((await client.api.factors.get()).passkeys).toHaveLength(20);
      expect((await begin(client)).body.error.code).toBe('limit_reached');
    });

    it('are not taken from another origin, unverified, unsigned, made for another purpose or unknown', async () => {
      const { passkey } = await withPasskey('strict');
      const wrongs = [
        passkey.prove(await askFor('sign-in'), 'https://panel.example.com.evil.example'),
        passkey.prove(await askFor('sign-in'), 'http://panel.example.com'),
        passkey.prove(await askFor('sign-in'), origin, { flags: 0x01 }),
        new TestPasskey().prove(await askFor('sign-in'), origin),
        { ...passkey.prove(await askFor('sign-in'), origin), ceremony: (await askFor('sign-in')).ceremony },
        { ...passkey.prove(await askFor('sign-in'), origin), ceremony: 'x'.repeat(43) },
      ];
      for (const answer of wrongs) expect((await signIn(answer)).status).toBe(401);
      const impostor = new TestPasskey();
      Object.assign(impostor, { id: passkey.id });
      expect((await signIn(impostor.prove(await askFor('sign-in'), origin))).status).toBe(401);
      expect((await signIn(passkey.prove(await askFor('sign-in'), origin))).status).toBe(200);
    });

    it('are a second step beside the codes, only for their owner', async () => {
      const { passkey, client } = await withPasskey('both');
      const { passkey: foreign } = await withPasskey('stranger');
      const { secret } = await client.api.factors.beginTotp();
      const code = totpCode(fromBase32(secret), totpStep(Date.now()));
      await client.api.factors.confirmTotp({ body: { code } });
      const challenge = await challengeOf('both');
      const forFactor = () => askFor('factor', { challenge });
      const byStranger = foreign.prove(await forFactor(), origin);
      expect((await secondStep({ challenge, passkey: byStranger })).status).toBe(401);
      const forSignIn = passkey.prove(await askFor('sign-in'), origin);
      expect((await secondStep({ challenge, passkey: forSignIn })).status).toBe(401);
      const right = passkey.prove(await forFactor(), origin);
      expect((await secondStep({ challenge, passkey: right })).status).toBe(200);
      // By itself it is both steps.
      expect((await signIn(passkey.prove(await askFor('sign-in'), origin))).status).toBe(200);
    });

    it('are renamed, prove who sits there, and are gone when removed', async () => {
      const { client, passkey, id } = await withPasskey('keeper');
      expect(
        await client.api.factors.renamePasskey({ params: { id }, body: { name: 'Tablet' } }),
      ).toMatchObject({
        name: 'Tablet',
      });
      await expect(test.user.api.factors.removePasskey({ params: { id } })).rejects.toMatchObject({
        code: 'not_found',
      });
      const proof = passkey.prove(await askFor('reauthenticate', {}, client.token), origin);
      const proved = await send('/api/auth/reauthenticate', { passkey: proof }, { token: client.token });
      expect(proved.status).toBe(200);
      await client.api.factors.removePasskey({ params: { id } });
      expect((await signIn(passkey.prove(await askFor('sign-in'), origin))).status).toBe(401);
    });

    it('of a disabled account open nothing', async () => {
      const { client, passkey } = await withPasskey('locked-out');
      await test.admin.api.users.disable({ params: { id: client.userId } });
      expect((await signIn(passkey.prove(await askFor('sign-in'), origin))).status).toBe(401);
    });
  });
});

describe('where passkeys cannot work', () => {
  it('says so instead of beginning', async () => {
    const test = await testPanel();
    expect((await test.admin.api.factors.get()).passkeyProblem).toContain('need a name');
    await expect(test.admin.api.factors.beginPasskey()).rejects.toMatchObject({ code: 'invalid_state' });
    const local = `http://localhost:${test.port}`;
    const answer = await fetch(`${local}/api/auth/passkey/options`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"purpose":"sign-in"}',
    }).catch(() => undefined);
    // Where the name is not this machine's, there is nobody to ask.
    if (answer) expect(await answer.json()).toMatchObject({ options: { rpId: 'localhost' } });
    await test.close();
  });
});

function wrong(codeOf: (offset: number) => string): string {
  const right = [-1, 0, 1].map(codeOf);
  return ['111111', '222222', '333333', '444444'].find((code) => !right.includes(code)) ?? '';
}
