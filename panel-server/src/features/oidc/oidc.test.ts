import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { startOidc, type TestOidc } from '../../testing/test-oidc.ts';
import { password, type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { totpCode, totpStep } from '../factors/totp.ts';
import { RoleEntity } from '../users/role.entity.ts';
import { UserEntity } from '../users/user.entity.ts';
import { OidcProviderEntity } from './oidc-provider.entity.ts';

const origin = 'https://panel.example.com';
const from = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'panel.example.com', origin };

describe.each(testDatabases)('sign-in by a provider on %s', (database) => {
  let test: TestPanel;
  let oidc: TestOidc;
  let providerId: string;
  beforeAll(async () => {
    oidc = await startOidc([`${origin}/sign-in/callback`]);
    test = await testPanel({
      database,
      environment: {
        CATALYST_PUBLIC_URL: origin,
        CATALYST_TRUSTED_PROXIES: '127.0.0.1',
        CATALYST_RATE_LIMITS:
          '{"anonymous":100000,"signedIn":100000,"signInFailuresPerAccount":100000,"signInFailuresPerAddress":100000}',
      },
    });
    await test.admin.api.settings.update({ body: { allowedNetworks: ['127.0.0.1'] } });
    const provider = await test.admin.api.oidc.create({
      body: {
        ...{ name: 'Company', issuer: oidc.issuer, clientId: oidc.clientId, clientSecret: oidc.clientSecret },
        scopes: ['openid', 'email', 'profile', 'groups'],
      },
    });
    providerId = provider.id;
  });
  afterAll(async () => {
    await test.close();
    await oidc.close();
  });

  const change = (body: Parameters<typeof test.admin.api.oidc.update>[0]['body']) =>
    test.admin.api.oidc.update({ params: { id: providerId }, body });
  const start = (purpose: string, token?: string) =>
    ask(test, `/api/auth/oidc/${providerId}/start`, { body: { purpose }, headers: from, token });
  const cookieOf = (answer: { headers: Headers }) => answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  const finish = (search: string, cookie: string, token?: string) =>
    ask(test, '/api/auth/oidc/callback', { body: { search }, cookie, token, headers: from });
  async function signIn(person: TestOidc['person'], purpose = 'sign-in', token?: string) {
    oidc.person = person;
    const begun = await start(purpose, token);
    expect(begun.status, begun.text).toBe(200);
    return finish(await oidc.visit(begun.body.url), cookieOf(begun), token);
  }
  const person = (name: string, more: object = {}) => ({
    ...{ sub: `sub-${name}`, email: `${name}@example.com`, email_verified: true, name: `The ${name}` },
    ...{ preferred_username: name, ...more },
  });
  const setUser = async (name: string, values: object) => {
    const user = await test.panel.core.users.findByEmail(`${name}@example.com`);
    await test.panel.core.database.getRepository(UserEntity).update({ id: user?.user.id }, values);
  };

  it('makes an account only where that is allowed, and finds it again whatever its address is then', async () => {
    const refused = await signIn(person('newcomer'));
    expect([refused.status, refused.body.error.code]).toEqual([409, 'conflict']);
    await change({ allowCreate: true });
    const first = await signIn(person('newcomer'));
    expect(first.status, first.text).toBe(200);
    const { user, token } = first.body.signedIn;
    expect(user).toMatchObject({ name: 'newcomer', displayName: 'The newcomer', role: 'User' });
    expect((await ask(test, '/api/auth/me', { token })).status).toBe(200);
    expect(first.headers.getSetCookie().some((cookie) => cookie.startsWith('__Host-catalyst='))).toBe(true);
    const again = await signIn(person('newcomer', { email: 'other@example.com' }));
    expect(again.body.signedIn.user.id).toBe(user.id);
    await change({ allowCreate: false });
  });

  it('does not believe an address that is not verified', async () => {
    await change({ allowCreate: true });
    for (const email_verified of [false, undefined, 'true']) {
      const answer = await signIn(person('unverified', { email_verified }));
      expect(answer.status).toBe(409);
    }
    await change({ allowCreate: false });
  });

  it('links an account of the same address only by its own sign-in, or when both sides proved it', async () => {
    const victim = await test.createUser('victim');
    await change({ allowCreate: true });
    expect((await signIn(person('victim'))).body.error.message).toContain('Sign in to it');
    await change({ isTrusted: true });
    // Registered with an address that nobody proved: whoever did that would share the account.
    expect((await signIn(person('victim'))).status).toBe(409);
    await setUser('victim', { emailVerifiedAt: new Date() });
    await change({ isTrusted: false });
    expect((await signIn(person('victim'))).status).toBe(409);
    await change({ isTrusted: true });
    expect((await signIn(person('victim'))).body.signedIn.user.id).toBe(victim.userId);
    await change({ isTrusted: false, allowCreate: false });
  });

  it('is linked from within, shown, and unlinked again', async () => {
    const user = await test.createUser('linker');
    expect((await start('link')).status).toBe(401);
    const linked = await signIn(person('elsewhere'), 'link', user.token);
    expect(linked.body, linked.text).toEqual({ purpose: 'link' });
    expect((await signIn(person('elsewhere'))).body.signedIn.user.id).toBe(user.userId);
    const { identities } = await user.api.factors.get();
    expect(identities).toMatchObject([{ provider: { name: 'Company' }, label: 'elsewhere@example.com' }]);
    const other = await test.createUser('rival');
    expect((await signIn(person('elsewhere'), 'link', other.token)).status).toBe(409);
    await user.api.oidc.unlink({ params: { id: identities[0]?.id ?? '' } });
    expect((await signIn(person('elsewhere'))).status).toBe(409);
  });

  it('ends where it began: no other browser, session, state or second use', async () => {
    const user = await test.createUser('bound');
    const rival = await test.createUser('binding');
    oidc.person = person('bound-elsewhere');
    const begun = await start('link', user.token);
    const search = await oidc.visit(begun.body.url);
    expect((await finish(search, '', user.token)).status).toBe(401);
    expect((await finish(search, `__Host-catalyst-oidc=${'x'.repeat(43)}`, user.token)).status).toBe(401);
    expect((await finish(search, cookieOf(begun), rival.token)).status).toBe(401);
    expect((await finish(search, cookieOf(begun), user.token)).status).toBe(401);
    const second = await start('sign-in');
    const right = await oidc.visit(second.body.url);
    const swapped = new URLSearchParams(right);
    swapped.set('state', 'another');
    expect((await finish(`?${swapped}`, cookieOf(second))).status).toBe(401);
    const third = await start('sign-in');
    const foreign = await start('sign-in');
    const searchOfThird = await oidc.visit(third.body.url);
    expect((await finish(searchOfThird, cookieOf(foreign))).status).toBe(401);
    const link = new URL(third.body.url);
    expect(link.searchParams.get('code_challenge_method')).toBe('S256');
    expect(link.searchParams.get('nonce')).toMatch(/^[\w-]{20,}$/);
    expect((await test.panel.core.users.findByEmail('bound-elsewhere@example.com')) === undefined).toBe(true);
  });

  it('gives the role of a group at each sign-in, but never takes the last administrator', async () => {
    const roles = test.panel.core.database.getRepository(RoleEntity);
    const administrator = await roles.findOneByOrFail({ builtIn: 'administrator' });
    const user = await roles.findOneByOrFail({ builtIn: 'user' });
    await change({
      ...{ allowCreate: true, groupClaim: 'groups' },
      groupRoles: [
        { group: 'bosses', roleId: administrator.id },
        { group: 'staff', roleId: user.id },
      ],
    });
    const boss = await signIn(person('boss', { groups: ['staff', 'bosses'] }));
    expect(boss.body.signedIn.user.role).toBe('Administrator');
    const earlier = boss.body.signedIn.token;
    expect((await ask(test, '/api/admin/users', { token: earlier })).status).toBe(200);
    expect((await signIn(person('boss', { groups: ['staff'] }))).body.signedIn.user.role).toBe('User');
    expect((await ask(test, '/api/admin/users', { token: earlier })).status).toBe(403);
    expect((await signIn(person('boss', { groups: [] }))).body.signedIn.user.role).toBe('User');
    // Alone at the top.
    await signIn(person('admin-elsewhere', { groups: [] }), 'link', test.admin.token);
    const alone = await signIn(person('admin-elsewhere', { groups: ['staff'] }));
    expect(alone.body.signedIn.user.role).toBe('Administrator');
    await change({ allowCreate: false, groupClaim: null, groupRoles: [] });
  });

  it('still asks for the second factor here, unless the provider’s is believed', async () => {
    const user = await test.createUser('double');
    await signIn(person('double-elsewhere'), 'link', user.token);
    const { secret } = await user.api.factors.beginTotp();
    const key = Buffer.from(
      (
        [...secret]
          .map((one) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(one).toString(2).padStart(5, '0'))
          .join('')
          .match(/.{8}/g) ?? []
      ).map((byte) => Number.parseInt(byte, 2)),
    );
    await user.api.factors.confirmTotp({ body: { code: totpCode(key, totpStep(Date.now()) - 1) } });
    const asked = await signIn(person('double-elsewhere'));
    expect(asked.status).toBe(200);
    expect(asked.body.signedIn).toBeUndefined();
    expect(asked.body.challenge.methods).toEqual(['totp', 'recovery-code']);
    const { token: challenge } = asked.body.challenge;
    const done = await ask(test, '/api/auth/factor', {
      body: { challenge, code: totpCode(key, totpStep(Date.now())) },
    });
    expect(done.body.user.id).toBe(user.userId);
    await change({ skipsFactor: true });
    expect((await signIn(person('double-elsewhere'))).body.signedIn.user.id).toBe(user.userId);
    await change({ skipsFactor: false });
  });

  it('proves who sits there, by a sign-in of now', async () => {
    const user = await test.createUser('prover');
    await signIn(person('prover-elsewhere'), 'link', user.token);
    const proved = await signIn(person('prover-elsewhere'), 'reauthenticate', user.token);
    expect(proved.body.reauthenticated.authenticatedUntil, proved.text).toEqual(expect.any(String));
    expect((await signIn(person('somebody-else'), 'reauthenticate', user.token)).status).toBe(401);
  });

  it('lets no disabled account in', async () => {
    const user = await test.createUser('barred');
    await signIn(person('barred-elsewhere'), 'link', user.token);
    await test.admin.api.users.disable({ params: { id: user.userId } });
    expect((await signIn(person('barred-elsewhere'))).status).toBe(401);
  });

  it('keeps its secret, and is set up by those who may give what its groups give', async () => {
    const rows = await test.panel.core.database.getRepository(OidcProviderEntity).find();
    expect(JSON.stringify(rows)).not.toContain(oidc.clientSecret);
    const { items } = await test.admin.api.oidc.list();
    expect(items).toMatchObject([{ hasSecret: true, redirectUri: `${origin}/sign-in/callback` }]);
    expect(JSON.stringify(items)).not.toContain(oidc.clientSecret);
    expect(await test.anonymous.accounts.options()).toMatchObject({
      providers: [{ id: providerId, name: 'Company' }],
    });
    const setters = await test.admin.api.roles.create({
      body: { name: `Setters ${database}`, permissions: ['settings.read', 'settings.write'] },
    });
    const setter = await test.createUser('setter');
    await test.admin.api.users.update({ params: { id: setter.userId }, body: { roleId: setters.id } });
    const administrator = await test.panel.core.database
      .getRepository(RoleEntity)
      .findOneByOrFail({ builtIn: 'administrator' });
    await expect(
      setter.api.oidc.update({
        params: { id: providerId },
        body: { groupClaim: 'groups', groupRoles: [{ group: 'x', roleId: administrator.id }] },
      }),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('is asked only where an administrator lets the panel ask, and without redirects', async () => {
    expect(await test.admin.api.oidc.test({ params: { id: providerId } })).toEqual({
      answers: true,
      problem: null,
    });
    await test.admin.api.settings.update({ body: { allowedNetworks: [] } });
    const refused = await test.admin.api.oidc.test({ params: { id: providerId } });
    expect(refused.answers).toBe(false);
    expect(refused.problem).toContain('not on the public internet');
    await test.admin.api.settings.update({ body: { allowedNetworks: ['127.0.0.1'] } });
    const plain = { name: 'Plain', issuer: 'http://idp.example.com', clientId: 'x' };
    await expect(test.admin.api.oidc.create({ body: plain })).rejects.toMatchObject({
      code: 'invalid_input',
    });
    expect(
      (await ask(test, '/api/auth/login', { body: { email: 'admin@example.com', password } })).status,
    ).toBe(200);
  });
});
