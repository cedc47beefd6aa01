import type { PanelSettingChanges } from '@catalyst/shared/features/settings';
import { hash as argon2 } from '@node-rs/argon2';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { z } from 'zod';
import { ask } from '../../testing/ask.ts';
import { medianDifference } from '../../testing/median-difference.ts';
import { startMailServer, type TestMailServer, tokenIn } from '../../testing/test-mail.ts';
import { password, type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { AuditEntryEntity } from '../audit/audit-entry.entity.ts';
import { OutgoingMailEntity } from '../mail/outgoing-mail.entity.ts';
import { RoleEntity } from '../users/role.entity.ts';
import { UserEntity } from '../users/user.entity.ts';
import { AccountTokenEntity } from './account-token.entity.ts';

const newPassword = 'another horse stapled';
const publicUrl = 'https://panel.example.com';
const limits = JSON.stringify({
  ...{ anonymous: 100_000, signedIn: 1_000_000, accountRequestsPerAddress: 100_000 },
  signInFailuresPerAddress: 100_000,
});
const environment = { CATALYST_RATE_LIMITS: limits, CATALYST_TRUSTED_PROXIES: '127.0.0.1' };

/** Each from an address of its own, so that one test's failures do not stop another. */
let addresses = 0;
const somewhere = () => {
  addresses += 1;
  return {
    'x-forwarded-for': `203.0.${addresses >> 8}.${addresses & 255}`,
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'panel.example.com',
  };
};

describe.each(testDatabases)('accounts on %s', (database) => {
  let test: TestPanel;
  let mail: TestMailServer;
  beforeAll(async () => {
    test = await testPanel({ database, environment });
    mail = await startMailServer();
  });
  afterAll(async () => {
    await test.close();
    await mail.close();
  });
  beforeEach(() => {
    mail.received.length = 0;
  });

  /** Every token that was sent, to be looked for where it must not be. */
  const seenTokens = new Set<string>();
  const post = (path: string, body: unknown, headers: Record<string, string> = somewhere()) => {
    for (const value of Object.values(body as object)) if (/^[\w-]{43}$/.test(value)) seenTokens.add(value);
    return ask(test, path, { body, headers });
  };
  const settings = (body: z.input<typeof PanelSettingChanges>) => test.admin.api.settings.update({ body });
  const withMail = () => test.admin.api.mail.set({ body: mail.settings });
  const withoutMail = () => test.admin.api.mail.remove();
  const login = (email: string, secret: string) => post('/api/auth/login', { email, password: secret });
  const mailTo = async (recipient: string) => {
    await vi.waitFor(() => expect(mail.mailsTo(recipient)).not.toHaveLength(0), { timeout: 10_000 });
    return mail.mailsTo(recipient).at(-1);
  };
  /** Of mails there is a limit; a test is not who it is for. */
  const forgetMails = () => test.panel.core.database.getRepository(OutgoingMailEntity).deleteAll();
  const tokens = () => test.panel.core.database.getRepository(AccountTokenEntity);

  describe('registration', () => {
    const wish = (name: string) => ({ email: `${name}@example.com`, name, password: newPassword });

    it('is by invitation at first, and can be off and open', async () => {
      await withoutMail();
      const uninvited = await post('/api/auth/register', wish('early'));
      expect([uninvited.status, uninvited.body.error.code]).toEqual([409, 'invalid_state']);
      await settings({ registration: { mode: 'off', domains: [] } });
      expect((await post('/api/auth/register', wish('early'))).status).toBe(409);
      await settings({ registration: { mode: 'open', domains: [] } });
      const answer = await post('/api/auth/register', wish('open'));
      expect(answer.status).toBe(201);
      expect(answer.body.user).toMatchObject({ name: 'open', role: 'User' });
      expect((await ask(test, '/api/auth/me', { token: answer.body.token })).status).toBe(200);
      expect((await post('/api/auth/register', wish('open'))).status).toBe(409);
    });

    it('takes no roles and nothing else besides', async () => {
      const { id: roleId } = await test.panel.core.database
        .getRepository(RoleEntity)
        .findOneByOrFail({ builtIn: 'administrator' });
      for (const extra of [{ roleId }, { role: 'administrator' }, { emailVerifiedAt: 0 }, { id: roleId }]) {
        expect((await post('/api/auth/register', { ...wish('mighty'), ...extra })).status).toBe(422);
      }
    });

    it('refuses passwords that everybody tries', async () => {
      const answer = await post('/api/auth/register', { ...wish('weak'), password: 'Password123!' });
      expect([answer.status, answer.body.error.issues[0].path]).toEqual([422, 'password']);
    });

    it('makes the account when the mailed link is opened, once, and answers the same for a taken address', async () => {
      await withMail();
      await settings({ registration: { mode: 'open', domains: [] } });
      const fresh = await post('/api/auth/register', wish('verified'));
      const taken = await post('/api/auth/register', { ...wish('verified2'), email: 'user@example.com' });
      expect([fresh.status, taken.status]).toEqual([202, 202]);
      expect(Object.keys(fresh.body)).toEqual(Object.keys(taken.body));
      expect((await mailTo('user@example.com'))?.subject).toBe('You have an account already');
      expect((await login('verified@example.com', newPassword)).status).toBe(401);
      const letter = await mailTo('verified@example.com');
      const token = tokenIn(letter);
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => post('/api/auth/verify', { token })),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect((await login('verified@example.com', newPassword)).status).toBe(200);
      const user = await test.panel.core.users.findByEmail('verified@example.com');
      expect(user?.user.emailVerifiedAt).toBeInstanceOf(Date);
    });

    it('by domain takes proved addresses of just these domains', async () => {
      await withoutMail();
      await settings({ registration: { mode: 'domain', domains: ['example.com'] } });
      expect((await post('/api/auth/register', wish('domain'))).body.error.message).toContain('mail');
      await withMail();
      expect((await post('/api/auth/register', wish('domain'))).status).toBe(202);
      for (const email of ['a@evil.com', 'a@sub.example.com', 'a@notexample.com', 'a@example.com.evil.com']) {
        expect((await post('/api/auth/register', { ...wish('other'), email })).status, email).toBe(409);
      }
      await settings({ registration: { mode: 'invite', domains: [] } });
    });

    it('by invitation gives what the inviter holds when it is accepted, once', async () => {
      await withoutMail();
      const roles = test.panel.core.database.getRepository(RoleEntity);
      const administrator = await roles.findOneByOrFail({ builtIn: 'administrator' });
      const inviter = await test.createUser('inviter', 'administrator');
      const invite = (email?: string) =>
        inviter.api.accounts.invite({ body: { roleId: administrator.id, email } });
      const first = await invite();
      expect(first.link).toMatchObject({
        wasMailed: false,
        path: `/register#${first.link.url.split('#')[1]}`,
      });
      const token = (link: { path: string }) => link.path.split('#')[1] ?? '';
      expect((await post('/api/auth/invitation', { token: token(first.link) })).body).toMatchObject({
        email: null,
        invitedBy: 'inviter',
      });
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          post('/api/auth/register', { ...wish(`guest-${index}`), invitation: token(first.link) }),
        ),
      );
      const [winner, ...others] = answers.filter(({ status }) => status === 201);
      expect(others).toEqual([]);
      expect(winner?.body.user.role).toBe('Administrator');
      const forOne = await invite('only@example.com');
      const stolen = await post('/api/auth/register', { ...wish('thief'), invitation: token(forOne.link) });
      expect(stolen.status).toBe(409);
      const later = await invite();
      const { id: userRole } = await roles.findOneByOrFail({ builtIn: 'user' });
      const mayInvite = await test.admin.api.roles.create({
        body: { name: `Inviters ${database}`, permissions: ['user.invite'] },
      });
      await test.admin.api.users.update({ params: { id: inviter.userId }, body: { roleId: mayInvite.id } });
      const lesser = await post('/api/auth/register', { ...wish('lesser'), invitation: token(later.link) });
      expect(lesser.body.user.role).toBe('User');
      await test.admin.api.users.update({ params: { id: inviter.userId }, body: { roleId: userRole } });
      const gone = await post('/api/auth/register', { ...wish('gone'), invitation: token(forOne.link) });
      expect([gone.status, gone.body.error.code]).toEqual([401, 'invalid_credentials']);
    });

    it('by invitation can be withdrawn, and is not for more than the inviter holds', async () => {
      const { invitation, link } = await test.admin.api.accounts.invite({ body: {} });
      expect((await test.admin.api.accounts.invitations()).items.map(({ id }) => id)).toContain(
        invitation.id,
      );
      await test.admin.api.accounts.withdrawInvitation({ params: { id: invitation.id } });
      const token = link.path.split('#')[1];
      expect((await post('/api/auth/invitation', { token })).status).toBe(401);
      const { id: roleId } = await test.panel.core.database
        .getRepository(RoleEntity)
        .findOneByOrFail({ builtIn: 'administrator' });
      await expect(test.user.api.accounts.invite({ body: { roleId } })).rejects.toMatchObject({
        code: 'forbidden',
      });
    });
  });

  describe('a forgotten password', () => {
    beforeEach(async () => {
      await forgetMails();
      await withMail();
    });
    const resetTokenOf = async (email: string) => {
      mail.received.length = 0;
      expect((await post('/api/auth/forgot', { email })).status).toBe(204);
      const isIt = ({ subject }: { subject: string }) => subject === 'Choose a new password';
      await vi.waitFor(() => expect(mail.mailsTo(email).some(isIt)).toBe(true), { timeout: 10_000 });
      return tokenIn(mail.mailsTo(email).find(isIt));
    };

    it('is replaced by a link that works once, ends all sessions and is only hashed at rest', async () => {
      const user = await test.createUser('forgetful');
      const token = await resetTokenOf('forgetful@example.com');
      expect(JSON.stringify(await tokens().find())).not.toContain(token);
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => post('/api/auth/reset', { token, password: newPassword })),
      );
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
      expect((await ask(test, '/api/auth/me', { token: user.token })).status).toBe(401);
      expect((await login('forgetful@example.com', password)).status).toBe(401);
      expect((await login('forgetful@example.com', newPassword)).status).toBe(200);
      await test.restart();
      expect((await post('/api/auth/reset', { token, password })).status).toBe(401);
    });

    it('has links to where the panel is, whatever the request says', async () => {
      await test.createUser('hosted');
      await settings({ publicUrl });
      await post(
        '/api/auth/forgot',
        { email: 'hosted@example.com' },
        {
          ...somewhere(),
          'x-forwarded-host': 'evil.example',
          origin: 'https://evil.example',
        },
      );
      expect((await mailTo('hosted@example.com'))?.text).toContain(`${publicUrl}/reset#`);
      expect(mail.received.map(({ raw }) => raw).join()).not.toContain('evil.example');
      await settings({ publicUrl: null });
    });

    it('cannot be replaced after the password or the address was changed otherwise, or the hour is over', async () => {
      const user = await test.createUser('changing');
      const first = await resetTokenOf('changing@example.com');
      await user.api.accounts.changePassword({ body: { currentPassword: password, password: newPassword } });
      expect((await post('/api/auth/reset', { token: first, password })).status).toBe(401);
      await forgetMails();
      const second = await resetTokenOf('changing@example.com');
      await test.admin.api.users.update({
        params: { id: user.userId },
        body: { email: 'changed@example.com' },
      });
      expect((await post('/api/auth/reset', { token: second, password })).status).toBe(401);
      const third = await resetTokenOf('changed@example.com');
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_601_000 });
      try {
        expect((await post('/api/auth/reset', { token: third, password })).status).toBe(401);
      } finally {
        vi.useRealTimers();
      }
    });

    it('brings no mail to a stranger or a disabled account, and no flood to anybody', async () => {
      await post('/api/auth/forgot', { email: 'nobody@example.com' });
      const flood = Array.from({ length: 12 }, () => post('/api/auth/forgot', { email: 'user@example.com' }));
      expect(new Set((await Promise.all(flood)).map(({ status }) => status))).toEqual(new Set([204]));
      await vi.waitFor(() => expect(mail.mailsTo('user@example.com')).toHaveLength(3));
      const waiting = () =>
        test.panel.core.database.getRepository(OutgoingMailEntity).countBy({ attempts: 0 });
      await vi.waitFor(async () => expect(await waiting()).toBe(0));
      expect(mail.mailsTo('nobody@example.com')).toEqual([]);
    });

    it('is told of as fast for strangers as for members, like registration', {
      timeout: 120_000,
    }, async () => {
      await withoutMail();
      expect((await post('/api/auth/forgot', { email: 'user@example.com' })).status).toBe(409);
      await test.admin.api.mail.set({ body: { ...mail.settings, port: 1 } });
      const forgot = (email: string) => async (round: number) => {
        if (round % 3 === 0) await forgetMails();
        expect((await post('/api/auth/forgot', { email })).status).toBe(204);
      };
      const difference = await medianDifference(
        forgot('admin@example.com'),
        forgot('unknown@example.com'),
        5,
      );
      expect(difference).toBeLessThan(5);
      await settings({ registration: { mode: 'open', domains: [] } });
      let names = 0;
      const register = (email: string) => async (round: number) => {
        if (round % 3 === 0) await forgetMails();
        const wish = { email, name: `stranger-${++names}`, password: newPassword };
        expect((await post('/api/auth/register', wish)).status).toBe(202);
      };
      const apart = await medianDifference(register('admin@example.com'), register('unknown@example.com'), 5);
      expect(apart).toBeLessThan(5);
      await settings({ registration: { mode: 'invite', domains: [] } });
      await forgetMails();
    });

    it('is replaced by a link from an administrator where no mail is set up, but never upwards', async () => {
      await withoutMail();
      const user = await test.createUser('helpless');
      const link = await test.admin.api.accounts.makeResetLink({ params: { id: user.userId } });
      const token = link.path.split('#')[1];
      expect((await post('/api/auth/reset', { token, password: newPassword })).status).toBe(204);
      expect((await login('helpless@example.com', newPassword)).status).toBe(200);
      const writers = await test.admin.api.roles.create({
        body: { name: `Writers ${database}`, permissions: ['user.write'] },
      });
      const writer = await test.createUser('writer');
      await test.admin.api.users.update({ params: { id: writer.userId }, body: { roleId: writers.id } });
      await expect(
        writer.api.accounts.makeResetLink({ params: { id: test.admin.userId } }),
      ).rejects.toMatchObject({ code: 'forbidden' });
    });

    it('cannot be set by tokens for something else, and guesses are stopped', async () => {
      const ip = somewhere();
      const { link } = await test.admin.api.accounts.invite({ body: {} });
      const invitation = link.path.split('#')[1];
      const statuses: number[] = [];
      for (const token of [invitation, test.user.token, '', 'x'.repeat(43), "' OR 1=1 --", 'y'.repeat(43)]) {
        statuses.push((await post('/api/auth/reset', { token, password: newPassword }, ip)).status);
      }
      expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
      expect((await post('/api/auth/reset', { token: invitation, password: newPassword })).status).toBe(401);
      expect((await post('/api/auth/login', { email: 'user@example.com', password }, ip)).status).toBe(200);
    });
  });

  describe('one’s own account', () => {
    it('changes its password by the present one, and ends the other sessions', async () => {
      await withoutMail();
      const user = await test.createUser('careful');
      const other = (await login('careful@example.com', password)).body.token;
      const change = (body: object) =>
        ask(test, '/api/auth/password', { method: 'PUT', token: user.token, body });
      expect((await change({ password: newPassword })).status).toBe(401);
      expect((await change({ currentPassword: 'wrong one', password: newPassword })).status).toBe(401);
      expect((await change({ currentPassword: password, password: 'qwertyuiop1' })).status).toBe(422);
      expect((await change({ currentPassword: password, password: newPassword })).status).toBe(204);
      expect((await ask(test, '/api/auth/me', { token: other })).status).toBe(401);
      expect((await ask(test, '/api/auth/me', { token: user.token })).status).toBe(200);
      expect((await login('careful@example.com', newPassword)).status).toBe(200);
    });

    it('asks for a proof of now before it changes its address, and sends a link to the new one', async () => {
      await withMail();
      const user = await test.createUser('moving');
      const { sessions, database: source } = test.panel.core;
      const { items } = await user.api.sessions.list();
      await source.query(`UPDATE sessions SET "authenticatedAt" = 0 WHERE id = '${items[0]?.id}'`);
      expect(await sessions.authenticatedUntil(items[0]?.id ?? '')).toBeUndefined();
      const change = () => user.api.accounts.changeEmail({ body: { email: 'moved@example.com' } });
      await expect(change()).rejects.toMatchObject({ code: 'reauthentication_required', status: 403 });
      expect(await user.api.sessions.reauthenticationState()).toEqual({
        methods: ['password'],
        authenticatedUntil: null,
      });
      await expect(user.api.sessions.reauthenticate({ body: { password: 'wrong' } })).rejects.toMatchObject({
        code: 'invalid_credentials',
      });
      const { authenticatedUntil } = await user.api.sessions.reauthenticate({ body: { password } });
      expect(authenticatedUntil.getTime() - Date.now()).toBeLessThanOrEqual(600_000);
      expect(await change()).toEqual({ email: 'moved@example.com' });
      expect((await user.api.sessions.me()).email).toBe('moving@example.com');
      const token = tokenIn(await mailTo('moved@example.com'));
      expect((await post('/api/auth/reset', { token, password: newPassword })).status).toBe(401);
      expect((await post('/api/auth/verify', { token })).body).toEqual({
        purpose: 'email-change',
        email: 'moved@example.com',
      });
      expect((await post('/api/auth/verify', { token })).status).toBe(401);
      expect((await user.api.sessions.me()).email).toBe('moved@example.com');
      expect((await mailTo('moving@example.com'))?.text).toContain('moved@example.com');
    });

    it('changes its names, but not to one that is taken', async () => {
      const user = await test.createUser('renamed');
      const changed = await user.api.accounts.updateProfile({
        body: { name: 'new-name', displayName: 'Me' },
      });
      expect(changed).toMatchObject({ name: 'new-name', displayName: 'Me' });
      await expect(user.api.accounts.updateProfile({ body: { name: 'admin' } })).rejects.toMatchObject({
        code: 'conflict',
      });
      const answer = await ask(test, '/api/auth/me', {
        method: 'PUT',
        token: user.token,
        body: { roleId: user.userId },
      });
      expect(answer.status).toBe(422);
    });

    it('is asked for a new password where an administrator gave one', async () => {
      const user = await test.createUser('given');
      await test.admin.api.users.setPassword({
        params: { id: user.userId },
        body: { password: newPassword, mustChangePassword: true },
      });
      const answer = await login('given@example.com', newPassword);
      expect([answer.status, answer.body.error.code]).toEqual([403, 'password_change_required']);
      const { token } = answer.body.error.challenge;
      expect((await ask(test, '/api/auth/me', { token })).status).toBe(401);
      expect((await post('/api/auth/reset', { token, password })).status).toBe(204);
      expect((await login('given@example.com', password)).status).toBe(200);
    });

    it('has its hash renewed at sign-in when it was made otherwise', async () => {
      const { userId } = await test.createUser('old-hash');
      const users = test.panel.core.database.getRepository(UserEntity);
      const weak = await argon2(password, { memoryCost: 8192, timeCost: 1, parallelism: 1 });
      await users.update({ id: userId }, { passwordHash: weak });
      expect((await login('old-hash@example.com', password)).status).toBe(200);
      const { passwordHash } = await users.findOneByOrFail({ id: userId });
      expect(passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
      expect((await login('old-hash@example.com', password)).status).toBe(200);
      // An account without a password has none that fits.
      await users.update({ id: userId }, { passwordHash: '' });
      expect((await login('old-hash@example.com', 'x')).status).toBe(401);
    });
  });

  it('leaves no password, code or token in the log and the audit', async () => {
    const entries = await test.panel.core.database.getRepository(AuditEntryEntity).find();
    const written = JSON.stringify(entries) + test.logText();
    for (const secret of [password, newPassword, ...seenTokens]) expect(written).not.toContain(secret);
    expect(seenTokens.size).toBeGreaterThan(10);
    const reset = entries.find(
      ({ action, outcome }) => action === 'user.reset-password' && outcome === 'success',
    );
    expect(reset).toMatchObject({ targetKind: 'user', targetName: 'forgetful' });
  });

  describe('sessions', () => {
    it('are listed with device, address and last use, and end one by one or all but one', async () => {
      const user = await test.createUser('at-home');
      const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
      const elsewhere = await post(
        '/api/auth/login',
        { email: 'at-home@example.com', password },
        { ...somewhere(), 'user-agent': agent },
      );
      const third = (await login('at-home@example.com', password)).body.token;
      const { items } = await user.api.sessions.list();
      expect(items).toHaveLength(3);
      expect(items.filter(({ isCurrent }) => isCurrent)).toHaveLength(1);
      const firefox = items.find(({ userAgent }) => userAgent === agent);
      expect(firefox?.device).toEqual({ kind: 'browser', program: 'Firefox', system: 'Linux' });
      expect(firefox?.ip).toMatch(/^203\.0\./);
      await expect(test.user.api.sessions.end({ params: { id: firefox?.id ?? '' } })).rejects.toMatchObject({
        code: 'not_found',
      });
      await user.api.sessions.end({ params: { id: firefox?.id ?? '' } });
      expect((await ask(test, '/api/auth/me', { token: elsewhere.body.token })).status).toBe(401);
      expect((await ask(test, '/api/auth/me', { token: third })).status).toBe(200);
      expect(await user.api.sessions.endOthers()).toEqual({ ended: 1 });
      expect((await ask(test, '/api/auth/me', { token: third })).status).toBe(401);
      expect((await user.api.sessions.list()).items).toHaveLength(1);
    });
  });
});

describe('doors that send mail or make accounts', () => {
  it('take so many uses of one address, each apart, and say when again', async () => {
    const mail = await startMailServer();
    const test = await testPanel({
      environment: { CATALYST_RATE_LIMITS: '{"accountRequestsPerAddress":3,"anonymous":1000}' },
    });
    await test.admin.api.mail.set({ body: mail.settings });
    const forgot = () => ask(test, '/api/auth/forgot', { body: { email: 'user@example.com' } });
    for (let time = 0; time < 3; time++) expect((await forgot()).status).toBe(204);
    const refused = await forgot();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    // Not a weapon: signing in from the same address still works.
    const body = { email: 'user@example.com', password };
    expect((await ask(test, '/api/auth/login', { body })).status).toBe(200);
    expect(test.logText()).not.toContain(password);
    await test.close();
    await mail.close();
  });
});
