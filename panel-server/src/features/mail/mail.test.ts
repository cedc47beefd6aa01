import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { mailUser, startMailServer, type TestMailServer } from '../../testing/test-mail.ts';
import { type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { SettingEntity } from '../settings/setting.entity.ts';
import { renderMail } from './mail-templates.ts';
import { OutgoingMailEntity } from './outgoing-mail.entity.ts';

const link = { url: 'https://panel.example.com/reset#token' };

describe.each(testDatabases)('mail on %s', (database) => {
  let test: TestPanel;
  let server: TestMailServer;
  beforeAll(async () => {
    test = await testPanel({ database });
    server = await startMailServer();
  });
  afterAll(async () => {
    await test.close();
    await server.close();
  });
  beforeEach(async () => {
    server.received.length = 0;
    await test.admin.api.mail.set({ body: server.settings });
  });

  const mails = () => test.panel.core.database.getRepository(OutgoingMailEntity);
  /** Mails are due at once, also those that wait for another attempt. */
  const passTime = async () => {
    for (const { id, nextAttemptAt } of await mails().find()) {
      if (nextAttemptAt) await mails().update({ id }, { nextAttemptAt: new Date() });
    }
    test.panel.core.mail.outbox.wake();
  };
  const stateOf = async (recipient: string) =>
    (await test.admin.api.mail.outbox()).items.find((mail) => mail.recipient === recipient);

  it('keeps its password to itself, in answers and in the database', async () => {
    const state = await test.admin.api.mail.get();
    expect(state.settings).toEqual({
      ...{ host: '127.0.0.1', port: server.settings.port, security: 'none', username: mailUser.username },
      ...{ from: 'panel@example.com', fromName: null, hasPassword: true },
    });
    const rows = JSON.stringify(await test.panel.core.database.getRepository(SettingEntity).find());
    expect(rows).not.toContain(mailUser.password);
    expect(test.logText()).not.toContain(mailUser.password);
  });

  it('sends a test mail, and says in a sentence why it could not', async () => {
    const to = { body: { to: 'me@example.com' } };
    expect(await test.admin.api.mail.test(to)).toEqual({ wasSent: true, problem: null });
    expect(server.received.map(({ to, subject }) => [to, subject])).toEqual([
      ['me@example.com', 'Catalyst can send mail'],
    ]);
    await test.admin.api.mail.set({ body: { ...server.settings, password: 'wrong' } });
    expect(await test.admin.api.mail.test(to)).toEqual({
      wasSent: false,
      problem: 'The server refuses the user name or the password',
    });
    await test.admin.api.mail.set({ body: { ...server.settings, port: 1 } });
    expect((await test.admin.api.mail.test(to)).problem).toContain('cannot be reached');
  });

  it('gives a stored password to no other server and no other name', async () => {
    const { password: _kept, ...withoutPassword } = server.settings;
    await test.admin.api.mail.set({ body: { ...withoutPassword, fromName: 'Panel' } });
    expect((await test.admin.api.mail.get()).settings?.hasPassword).toBe(true);
    await test.admin.api.mail.set({ body: { ...withoutPassword, host: 'localhost' } });
    expect((await test.admin.api.mail.get()).settings?.hasPassword).toBe(false);
  });

  it('tries again with growing pauses until the server takes it, and then never again', async () => {
    server.refuse(451, 2);
    const recipient = `${database}-later@example.com`;
    await test.panel.core.mail.send('account-exists', recipient, link);
    await vi.waitFor(async () => expect(await stateOf(recipient)).toMatchObject({ attempts: 1 }));
    const first = await stateOf(recipient);
    expect(first).toMatchObject({ state: 'waiting', problem: expect.stringContaining('451') });
    await passTime();
    await vi.waitFor(async () => expect(await stateOf(recipient)).toMatchObject({ attempts: 2 }));
    const second = await stateOf(recipient);
    const pauseOf = (mail: typeof first) => (mail?.nextAttemptAt?.getTime() ?? 0) - Date.now();
    expect(pauseOf(second)).toBeGreaterThan(40_000);
    await passTime();
    await vi.waitFor(async () => expect(await stateOf(recipient)).toMatchObject({ state: 'sent' }));
    await passTime();
    await passTime();
    expect(server.mailsTo(recipient)).toHaveLength(1);
    const row = await mails().findOneByOrFail({ recipient });
    expect([row.sealedValues, row.attempts]).toEqual([null, 3]);
  });

  it('gives up at once on an address that the server does not know, until an admin asks again', async () => {
    await test.panel.core.mail.send('account-exists', server.refusedRecipient, link);
    await vi.waitFor(async () =>
      expect(await stateOf(server.refusedRecipient)).toMatchObject({
        state: 'failed',
        attempts: 1,
        problem: expect.stringContaining('does not take mail for this address'),
      }),
    );
    const mail = await stateOf(server.refusedRecipient);
    await test.admin.api.mail.retry({ params: { id: mail?.id ?? '' } });
    await vi.waitFor(async () =>
      expect(await stateOf(server.refusedRecipient)).toMatchObject({ state: 'failed', attempts: 2 }),
    );
  });

  it('survives a restart of the panel', async () => {
    server.refuse(451, 1);
    const recipient = `${database}-restart@example.com`;
    await test.panel.core.mail.send('account-exists', recipient, link);
    await vi.waitFor(async () => expect(await stateOf(recipient)).toMatchObject({ attempts: 1 }));
    await test.restart();
    await passTime();
    await vi.waitFor(() => expect(server.mailsTo(recipient)).toHaveLength(1));
  });

  it('is sent once, however many panels look for it', async () => {
    const { core } = test.panel;
    const others = [1, 2, 3].map(async () => {
      const { Mail } = await import('./mail.service.ts');
      return new Mail(core);
    });
    const panels = await Promise.all(others);
    for (const panel of panels) panel.outbox.open();
    const recipients = Array.from({ length: 25 }, (_, index) => `${database}-many-${index}@example.com`);
    await Promise.all(
      recipients.map(async (recipient, index) => {
        await (panels[index % 3] ?? core.mail).send('account-exists', recipient, link);
        for (const panel of [core.mail, ...panels]) panel.outbox.wake();
      }),
    );
    await vi.waitFor(
      () => {
        for (const panel of [core.mail, ...panels]) panel.outbox.wake();
        for (const recipient of recipients) expect(server.mailsTo(recipient)).toHaveLength(1);
      },
      { timeout: 20_000 },
    );
    for (const panel of panels) await panel.outbox.close();
    expect(server.received.filter(({ to }) => to.includes('-many-'))).toHaveLength(25);
  });

  it('is taken up again when the panel that held it was killed', async () => {
    const recipient = `${database}-killed@example.com`;
    server.refuse(451, 1);
    await test.panel.core.mail.send('account-exists', recipient, link);
    await vi.waitFor(async () => expect(await stateOf(recipient)).toMatchObject({ attempts: 1 }));
    await mails().update({ recipient }, { leasedUntil: new Date(Date.now() + 60_000) });
    await passTime();
    await mails().update({ recipient }, { leasedUntil: new Date(Date.now() - 1) });
    expect(server.mailsTo(recipient)).toHaveLength(0);
    await passTime();
    await vi.waitFor(() => expect(server.mailsTo(recipient)).toHaveLength(1));
  });

  it('is not sent when its link has run out', async () => {
    const recipient = `${database}-late@example.com`;
    await test.panel.core.mail.send('password-reset', recipient, link, { expiresAt: new Date() });
    await vi.waitFor(async () =>
      expect(await stateOf(recipient)).toMatchObject({
        state: 'failed',
        problem: expect.stringContaining('run out'),
      }),
    );
    expect(server.mailsTo(recipient)).toHaveLength(0);
  });

  it('is for administrators', async () => {
    for (const path of ['/api/admin/mail', '/api/admin/mail/outbox']) {
      expect((await ask(test, path, { token: test.user.token })).status).toBe(403);
    }
  });

  it('is told of by nobody when none is set up', async () => {
    await test.admin.api.mail.remove();
    expect(await test.panel.core.mail.send('password-reset', 'nobody@example.com', link)).toBe(false);
    await expect(test.admin.api.mail.test({ body: { to: 'me@example.com' } })).rejects.toMatchObject({
      code: 'invalid_state',
    });
  });
});

describe('what mails say', () => {
  it('is text wherever it comes from others', () => {
    const serverName = '<img src=x onerror=alert(1)>"&';
    const { html, text, subject } = renderMail('server-invitation', {
      url: 'https://panel.example.com/register#a',
      invitedBy: "O'Neil",
      serverName,
    });
    expect(html).not.toContain('<img');
    expect(html).toContain('&#60;img src=x');
    expect(text).toContain(serverName);
    expect(text).toContain('https://panel.example.com/register#a');
    expect(subject).not.toMatch(/[\r\n]/);
    expect(
      renderMail('server-invitation', { url: '', invitedBy: 'a\r\nBcc: b', serverName }).subject,
    ).not.toMatch(/[\r\n]/);
  });
});
