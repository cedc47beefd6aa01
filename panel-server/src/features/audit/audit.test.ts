import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { AuditEntryEntity } from './audit-entry.entity.ts';

const record = (test: TestPanel, action: string, details = {}) =>
  test.panel.core.audit.record({ action, outcome: 'success', actor: { kind: 'system' }, details });
const rowsOf = (test: TestPanel) => test.panel.core.database.getRepository(AuditEntryEntity);
const verify = (test: TestPanel) => test.panel.core.audit.verify();

describe.each(testDatabases)('the audit log on %s', (database) => {
  let test: TestPanel;
  beforeEach(async () => {
    test = await testPanel({ database });
  });
  afterEach(() => test.close());

  it('records success and failure of what routes declare, without secrets', async () => {
    const body = { email: 'admin@example.com', password: 'wrong-canary-password' };
    await ask(test, '/api/auth/login', { body, headers: { 'x-forwarded-for': '6.6.6.6' } });
    await test.admin.api.sessions.logout();
    const rows = await rowsOf(test).find({ order: { seq: 'ASC' } });
    expect(rows).toMatchObject([
      {
        action: 'session.create',
        outcome: 'failure',
        errorCode: 'invalid_credentials',
        actorKind: 'anonymous',
        ip: '127.0.0.1',
        details: { email: 'admin@example.com', password: '[redacted]' },
      },
      { action: 'session.delete', outcome: 'success', actorKind: 'user', actorName: 'admin' },
    ]);
    expect(JSON.stringify(rows)).not.toContain('canary');
  });

  it('is not filled by a flood that is turned away', async () => {
    const body = { email: 'admin@example.com', password: 'wrong' };
    for (let attempt = 0; attempt < 20; attempt++) await ask(test, '/api/auth/login', { body });
    expect(await rowsOf(test).count()).toBe(5);
  });

  it('chains hundreds of entries made at once', async () => {
    await Promise.all(Array.from({ length: 700 }, (_, index) => record(test, 'test.burst', { index })));
    expect(await verify(test)).toMatchObject({ entries: 700, brokenAt: null });
    await test.restart();
    await record(test, 'test.after-restart');
    expect(await verify(test)).toMatchObject({ entries: 701, brokenAt: null });
  });

  it('takes whatever stands in an address or a body without failing anybody after it', async () => {
    for (const id of ['%00', '%ED%A0%80', 'a%00b', '..%2F..', 'x'.repeat(3000)]) {
      expect((await ask(test, `/api/servers/${id}`, { method: 'DELETE' })).status).toBeLessThan(500);
    }
    const email = `admin\0\ud800@example.com`;
    await ask(test, '/api/auth/login', { body: { email, password: 'x', ['a\0\ud800']: 1 } });
    await record(test, 'test.odd', { ['\0\ud800']: '\0\ud800', environment: { '\0': 1 }, far: 10n });
    await record(test, 'test\0.\ud800', { text: '\0\ud800' });
    const rows = await rowsOf(test).find({ order: { seq: 'ASC' } });
    expect(JSON.stringify(rows)).not.toMatch(/\\u0000|\\ud800/);
    expect(rows.filter(({ targetId }) => targetId !== null)).toEqual([]);
    expect(rows.at(-2)).toMatchObject({ action: 'test.odd', details: { unreadable: true } });
    await test.admin.api.sessions.logout();
    expect(await verify(test)).toMatchObject({ brokenAt: null });
  });

  it('replaces an entry that the database refuses for its content, and writes the others', async () => {
    const { database: source } = test.panel.core;
    await source.query(
      database === 'postgres'
        ? `ALTER TABLE audit_entries ADD CHECK ("actorName" <> 'refused')`
        : `CREATE TRIGGER refused BEFORE INSERT ON audit_entries WHEN NEW.actorName = 'refused'
             BEGIN SELECT RAISE(ABORT, 'refused'); END`,
    );
    const named = (name: string) =>
      test.panel.core.audit.record({
        action: 'test.named',
        outcome: 'success',
        actor: { kind: 'agent', id: 'a-1', name },
      });
    await Promise.all(['a', 'refused', 'b', 'refused', 'c'].map(named));
    const rows = await rowsOf(test).find({ order: { seq: 'ASC' } });
    expect(rows.map(({ actorName }) => actorName)).toEqual(['a', null, 'b', null, 'c']);
    expect(rows[1]).toMatchObject({ action: 'test.named', actorId: 'a-1', details: { replaced: true } });
    await test.admin.api.sessions.logout();
    expect(await verify(test)).toMatchObject({ entries: 6, brokenAt: null });
  });

  it('keeps a bounded number of entries waiting, writes them when it can, at the latest as the panel ends', async () => {
    const { database: source } = test.panel.core;
    await source.query('ALTER TABLE audit_entries RENAME TO audit_entries_away');
    const results = await Promise.allSettled(Array.from({ length: 5100 }, () => record(test, 'test.flood')));
    expect(results.at(-1)).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
    const refused = await ask(test, '/api/auth/logout', { method: 'POST', token: test.admin.token });
    expect([refused.status, refused.body.error.code]).toEqual([503, 'unavailable']);
    await source.query('ALTER TABLE audit_entries_away RENAME TO audit_entries');
    await test.restart();
    expect(await verify(test)).toMatchObject({ entries: 5000, brokenAt: null });
  });

  it('fails the action whose entry cannot be written, and the next ones before they begin', async () => {
    const { database: source } = test.panel.core;
    await source.query('ALTER TABLE audit_entries RENAME TO audit_entries_away');
    const first = await ask(test, '/api/auth/logout', { method: 'POST', token: test.user.token });
    expect([first.status, first.body.error.code]).toEqual([500, 'internal']);
    const second = await ask(test, '/api/auth/logout', { method: 'POST', token: test.admin.token });
    expect([second.status, second.body.error.code]).toEqual([503, 'unavailable']);
    expect((await test.admin.api.sessions.me()).name).toBe('admin');
    await source.query('ALTER TABLE audit_entries_away RENAME TO audit_entries');
    await test.admin.api.sessions.logout();
    const actors = (await rowsOf(test).find({ order: { seq: 'ASC' } })).map(({ actorName }) => actorName);
    expect(actors.slice(0, 2)).toEqual(['user', 'admin']);
    expect(await verify(test)).toMatchObject({ brokenAt: null });
  });
});

describe('the signed head', () => {
  it('is not believed when it was changed', async () => {
    const test = await testPanel();
    await record(test, 'test.entry');
    await test.panel.close();
    const path = join(test.dataDir, 'panel', 'audit-head.json');
    const head = JSON.parse(readFileSync(path, 'utf8'));
    expect(head.seq).toBe(1);
    writeFileSync(path, JSON.stringify({ ...head, seq: 0 }));
    await test.restart();
    expect(test.logText()).toContain('was changed');
    rmSync(path);
    await test.close();
  });
});
