import type { AuditEntry } from '@catalyst/shared/features/audit';
import { v7 as uuid } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { installedServer } from '../../testing/test-servers.ts';
import { SubuserEntity } from '../subusers/subuser.entity.ts';
import type { AuditRecord } from './audit.service.ts';
import { chainHash } from './audit-chain.ts';
import { AuditEntryEntity, type AuditEntryRow } from './audit-entry.entity.ts';
import { rowOfLine } from './chain-line.ts';

const survival = { kind: 'server', id: 's-1', name: 'Survival' };
const marta = { kind: 'user', id: 'u-1', name: 'marta' } as const;
const oskar = { kind: 'user', id: 'u-2', name: 'Oskar 50%_' } as const;

const records: (Partial<AuditRecord> & { action: string })[] = [
  { action: 'server.start', actor: marta, target: survival, ip: '192.0.2.1' },
  {
    action: 'server.stop',
    actor: oskar,
    target: survival,
    ip: '192.0.2.2',
    outcome: 'failure',
    errorCode: 'forbidden',
  },
  { action: 'session.create', actor: { kind: 'anonymous' }, ip: '203.0.113.9', outcome: 'failure' },
  {
    action: 'server.start',
    actor: { ...marta, kind: 'key', key: { id: 'k-1', name: 'nightly' } },
    target: survival,
  },
  {
    action: 'node.online',
    actor: { kind: 'agent', id: 'n-1', name: 'attic' },
    target: { kind: 'node', id: 'n-1' },
  },
  { action: 'backup.create', actor: { kind: 'schedule', id: 'c-1', name: 'Every night' }, serverId: 's-1' },
  { action: 'node.update', actor: oskar, target: { kind: 'node', id: 'n-1', name: 'Ätna' } },
  { action: 'panel.sweep', actor: { kind: 'system' } },
];

/** As numbers, newest first. */
const seqs = (items: AuditEntry[]) => items.map(({ seq }) => seq);

async function filledPanel(database: (typeof testDatabases)[number]): Promise<TestPanel> {
  const test = await testPanel({ database });
  for (const record of records) {
    await test.panel.core.audit.record({ outcome: 'success', actor: { kind: 'system' }, ...record });
  }
  return test;
}

describe.each(testDatabases)('the list of the audit log on %s', (database) => {
  let test: TestPanel;
  beforeAll(async () => {
    test = await filledPanel(database);
  });
  afterAll(() => test.close());
  const list = async (query: object) => (await test.admin.api.audit.list({ query: query as never })).items;

  it.each<[object, number[]]>([
    [{}, [8, 7, 6, 5, 4, 3, 2, 1]],
    [{ userId: 'u-1' }, [4, 1]],
    [{ keyId: 'k-1' }, [4]],
    [{ actorKind: 'key' }, [4]],
    [{ actorKind: 'user' }, [7, 2, 1]],
    [{ actorKind: 'schedule' }, [6]],
    [{ action: 'server.start' }, [4, 1]],
    [{ action: 'server.' }, [4, 2, 1]],
    [{ action: 'node.' }, [7, 5]],
    [{ action: 'nothing.' }, []],
    [{ action: 'server' }, []],
    [{ targetKind: 'node' }, [7, 5]],
    [{ targetKind: 'server' }, [4, 2, 1]],
    [{ targetId: 's-1' }, [4, 2, 1]],
    [{ targetKind: 'node', targetId: 's-1' }, []],
    [{ serverId: 's-1' }, [6, 4, 2, 1]],
    [{ outcome: 'failure' }, [3, 2]],
    [{ outcome: 'success', action: 'server.' }, [4, 1]],
    [{ ip: '192.0.2.1' }, [1]],
    [{ ip: '192.0.2.1', userId: 'u-2' }, []],
    [{ q: 'MART' }, [4, 1]],
    [{ q: 'surv' }, [4, 2, 1]],
    [{ q: 'surv', outcome: 'failure' }, [2]],
    [{ q: 'a' }, [7, 6, 5, 4, 2, 1].filter((seq) => seq !== 6)],
    [{ q: '%' }, [7, 2]],
    [{ q: '_' }, [7, 2]],
    [{ q: 'ä' }, [7]],
    [{ q: 'nobody' }, []],
    [{ q: 'surv', userId: 'u-2' }, [2]],
    [{ q: 'every', actorKind: 'schedule', serverId: 's-1' }, [6]],
    [{ action: 'server.', userId: 'u-1', outcome: 'success', targetKind: 'server', q: 'marta' }, [4, 1]],
  ])('filtered by %j', async (query, expected) => {
    expect(seqs(await list(query))).toEqual(expected);
    expect(seqs(await list({ ...query, limit: 1 }))).toEqual(expected.slice(0, 1));
  });

  it('is filtered by time, from the first moment and up to the last', async () => {
    const all = await list({});
    const at = (seq: number) => all.find((entry) => entry.seq === seq)?.at.toISOString() as string;
    const between = all.filter((entry) => entry.at.toISOString() >= at(3) && entry.at.toISOString() < at(7));
    expect(seqs(await list({ from: at(3), to: at(7) }))).toEqual(seqs(between));
    expect(await list({ from: '2100-01-01T00:00:00.000Z' })).toEqual([]);
    expect(await list({ to: '2000-01-01T00:00:00.000Z' })).toEqual([]);
  });

  it('names who acted through what, on what, as it was called then', async () => {
    const [, atna, nightly, , byKey] = await list({});
    expect(byKey).toMatchObject({
      action: 'server.start',
      actor: { kind: 'key', id: 'u-1', name: 'marta', key: { id: 'k-1', name: 'nightly' } },
      target: survival,
      serverId: 's-1',
    });
    expect(atna?.target).toEqual({ kind: 'node', id: 'n-1', name: 'Ätna' });
    expect(nightly).toMatchObject({
      actor: { kind: 'schedule', name: 'Every night' },
      target: null,
      serverId: 's-1',
    });
  });

  it('refuses what is no filter', async () => {
    for (const query of [
      ...[
        'action=Server.start',
        'action=server.%25',
        'outcome=maybe',
        'actorKind=root',
        'from=yesterday',
        'q=',
      ],
      ...[
        'limit=101',
        'limit=0',
        'cursor=1',
        "cursor=1.1'--",
        'cursor=-1.1',
        'ip=%00',
        'userId=',
        'sort=name',
        'q=%1b',
      ],
    ]) {
      const { status } = await ask(test, `/api/admin/audit-logs?${query}`, { token: test.admin.token });
      expect([query, status]).toEqual([query, 422]);
    }
    const quoted = encodeURIComponent("' OR 1=1 --");
    for (const name of ['q', 'userId', 'ip', 'targetId', 'targetKind', 'keyId', 'serverId']) {
      const { body } = await ask(test, `/api/admin/audit-logs?${name}=${quoted}`, {
        token: test.admin.token,
      });
      expect(body.items).toEqual([]);
    }
  });

  it('is for those who may read it, like its export and its archive', async () => {
    const paths = ['', '/export', '/archive'];
    for (const path of paths) {
      const address = `/api/admin/audit-logs${path}`;
      expect((await ask(test, address)).status).toBe(401);
      expect((await ask(test, address, { token: test.user.token })).status).toBe(403);
    }
    const verifying = { method: 'POST', token: test.user.token };
    expect((await ask(test, '/api/admin/audit-logs/verify', verifying)).status).toBe(403);
  });
});

describe.each(testDatabases)('what is read from the audit log on %s', (database) => {
  let test: TestPanel;
  beforeEach(async () => {
    test = await filledPanel(database);
  });
  afterEach(() => test.close());

  it('comes in pages that miss nothing and repeat nothing, also when it grows meanwhile', async () => {
    for (const filter of [{}, { action: 'server.' }, { q: 'a' }, { outcome: 'success' as const }]) {
      const expected = seqs((await test.admin.api.audit.list({ query: filter })).items);
      const found: number[] = [];
      let cursor: string | undefined;
      do {
        const page = await test.admin.api.audit.list({ query: { ...filter, limit: 2, cursor } });
        expect(page.items.length).toBeLessThanOrEqual(2);
        found.push(...seqs(page.items));
        cursor = page.nextCursor ?? undefined;
        await test.panel.core.audit.record({ action: 'server.start', outcome: 'success', actor: marta });
      } while (cursor);
      expect(found).toEqual(expected);
    }
  });

  it('is exported as lines whose chain can be checked without the panel', async () => {
    await test.panel.core.audit.record({
      action: 'test.odd',
      outcome: 'success',
      actor: { kind: 'user', id: 'u-3', name: '\u202eevil\n\x1b[2J' },
      details: { text: 'a\u2028b\ufeff', n: 1.5, list: [null, true] },
    });
    const response = await test.admin.api.audit.export({ query: {} });
    expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="audit-log-[\d-]+\.ndjson"$/,
    );
    const text = await response.text();
    for (const sign of ['\x1b', '\r', '\u202e', '\u2028', '\ufeff']) expect(text).not.toContain(sign);
    const rows = text.trimEnd().split('\n').map(rowOfLine).reverse();
    // The export itself was written down before it began.
    expect(rows.at(-1)).toMatchObject({ action: 'audit.export', details: { format: 'ndjson' } });
    let previous: Pick<AuditEntryRow, 'seq' | 'hash'> = { seq: 0, hash: '0'.repeat(64) };
    for (const row of rows) {
      expect([row.seq, row.previousHash, chainHash(row)]).toEqual([
        previous.seq + 1,
        previous.hash,
        row.hash,
      ]);
      previous = row;
    }
    const some = await (await test.admin.api.audit.export({ query: { userId: 'u-1' } })).text();
    expect(
      some
        .trimEnd()
        .split('\n')
        .map((line) => rowOfLine(line).seq),
    ).toEqual([4, 1]);
  });

  it('is exported as a table in which nothing is a formula and nothing breaks a row', async () => {
    const names = [
      '=HYPERLINK("http://evil")',
      '+1',
      '-1',
      '@SUM(A1)',
      '\t=1',
      '"=1',
      '＝1',
      'a,b',
      'a"b',
      'a\r\nb;c',
    ];
    for (const name of names) {
      await test.panel.core.audit.record({
        action: 'test.csv',
        outcome: 'success',
        actor: { kind: 'user', name },
      });
    }
    const text = await (
      await test.admin.api.audit.export({ query: { format: 'csv', action: 'test.csv' } })
    ).text();
    const [header, ...lines] = text.trimEnd().split('\r\n');
    expect(header).toMatch(/^"number","time","action","outcome"/);
    expect(lines).toHaveLength(names.length);
    const cells = lines.reverse().map((line) => line.match(/"user","((?:[^"]|"")*)"/)?.[1]);
    expect(cells).toEqual([
      ...[`'=HYPERLINK(""http://evil"")`, `'+1`, `'-1`, `'@SUM(A1)`, '\\t=1', `'""=1`, `'＝1`, 'a,b', 'a""b'],
      'a\\r\\nb;c',
    ]);
    for (const line of lines) expect(line).not.toMatch(/(^|,)"[=+\-@\t\r]/);
  });
});

describe.each(testDatabases)('the activity of a server on %s', (database) => {
  let test: TestPanel;
  let agent: FakeAgent;
  let id: string;
  beforeEach(async () => {
    test = await testPanel({ database });
    agent = await FakeAgent.linked(test);
    agent.announceHealth();
    ({ id } = await installedServer(test.admin, agent));
    await test.panel.core.database.query(`UPDATE servers SET "ownerId" = '${test.user.userId}'`);
    await test.restart();
  });
  afterEach(async () => {
    agent.disconnect();
    await test.close();
  });
  const activity = async (client = test.user, query = {}) =>
    (await client.api.audit.activity({ params: { id }, query })).items;

  it('is what was done on it and nothing else, without the addresses of other people', async () => {
    const other = await test.createUser('other');
    await test.user.api.servers.update({ params: { id }, body: { name: 'Renamed' } });
    await test.admin.api.servers.update({ params: { id }, body: { description: 'By the admin' } });
    await test.panel.core.audit.record({
      ...{ action: 'server.start', outcome: 'success', actor: marta, target: survival },
    });
    const items = await activity();
    expect(items.map(({ action, actor, ip }) => [action, actor.name, ip])).toEqual([
      ['server.update', 'admin', null],
      ['server.update', 'user', '127.0.0.1'],
      ['server.create', 'admin', null],
    ]);
    expect(items.every(({ serverId }) => serverId === id)).toBe(true);
    expect((await activity(test.admin)).map(({ ip }) => ip)).toEqual(Array(3).fill('127.0.0.1'));
    await expect(activity(other)).rejects.toMatchObject({ code: 'not_found' });
    expect(await activity(test.user, { outcome: 'failure' })).toEqual([]);
    const { status } = await ask(test, `/api/servers/${id}/activity?ip=127.0.0.1`, {
      token: test.user.token,
    });
    expect(status).toBe(422);
  });

  it('tells what was typed or sent only to those who may read such things', async () => {
    const secret = { action: 'console.command', outcome: 'success', actor: marta, serverId: id } as const;
    await test.panel.core.audit.record({ ...secret, details: { command: 'op marta' } });
    const helper = await test.createUser('helper');
    const given = async (permissions: string[]) => {
      await test.panel.core.database.query('DELETE FROM server_subusers');
      await test.panel.core.database.getRepository(SubuserEntity).insert({
        ...{ id: uuid(), serverId: id, userId: helper.userId, permissions, createdAt: new Date() },
        ...{ updatedAt: new Date() },
      } as never);
      await test.restart();
    };
    await given(['server.read']);
    await expect(activity(test.user)).resolves.toMatchObject([{ details: { command: 'op marta' } }, {}]);
    await expect(activity({ ...helper, api: test.clientFor(helper.token) })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await given(['server.read', 'activity.read']);
    const [entry] = await activity({ ...helper, api: test.clientFor(helper.token) });
    expect(entry).toMatchObject({ action: 'console.command', actor: { name: 'marta' }, details: {} });
  });
});

it('what was sent in a shape nobody knows leaves the names of its fields', async () => {
  const test = await testPanel();
  const body = { email: 'admin@example.com', passwrod: 'canary-of-a-typo' };
  expect((await ask(test, '/api/auth/login', { body })).status).toBe(422);
  const [entry] = await test.panel.core.database.getRepository(AuditEntryEntity).find();
  expect(entry).toMatchObject({ errorCode: 'invalid_input', details: { fields: ['email', 'passwrod'] } });
  await test.close();
});
