import { IsNull } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Ask, ask } from '../testing/ask.ts';
import { FakeAgent } from '../testing/fake-agent.ts';
import { type TestPanel, testDatabases, testPanel } from '../testing/test-panel.ts';
import { installedServer } from '../testing/test-servers.ts';
import { IdempotencyKeyEntity } from './idempotency-key.entity.ts';

describe.each(testDatabases)('Idempotency-Key on %s', (database) => {
  let test: TestPanel;
  beforeAll(async () => {
    test = await testPanel({ database });
  });
  afterAll(() => test.close());

  const node = (name: string) => ({ name, publicAddress: '192.0.2.10' });
  const create = (name: string, key: string, options: Ask = {}) =>
    ask(test, '/api/nodes', {
      body: node(name),
      token: test.admin.token,
      headers: { 'idempotency-key': key },
      ...options,
    });
  const nodesNamed = async (name: string) =>
    (await test.admin.api.nodes.list({ query: { limit: 100 } })).items.filter((item) => item.name === name)
      .length;

  it('gives a repetition the first answer, without a second effect, over a restart too', async () => {
    const first = await create('once', 'key-1');
    expect(first.status).toBe(201);
    const second = await create('once', 'key-1');
    expect([second.status, second.text]).toEqual([201, first.text]);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    await test.restart();
    expect((await create('once', 'key-1')).text).toBe(first.text);
    expect(await nodesNamed('once')).toBe(1);
  });

  it('has one effect when the same request comes ten times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => create('raced', 'key-2')));
    const statuses = answers.map(({ status }) => status);
    expect(statuses).toContain(201);
    for (const { status, headers, body } of answers) {
      if (status === 201) continue;
      expect([status, headers.get('retry-after')]).toEqual([409, '2']);
      expect(body.error.message).toContain('has not ended');
    }
    expect(await nodesNamed('raced')).toBe(1);
  });

  it('refuses the same key with another request, and does not mix users or routes', async () => {
    await create('mine', 'key-3');
    expect((await create('other', 'key-3')).status).toBe(422);
    const another = await test.createUser(`another-${database}`, 'administrator');
    expect((await create('theirs', 'key-3', { token: another.token })).status).toBe(201);
  });

  it('must be something one can print', async () => {
    expect((await create('odd', 'bad key')).status).toBe(422);
    expect((await create('odd', 'x'.repeat(200))).status).toBe(422);
    expect(await nodesNamed('odd')).toBe(0);
  });

  it('of a request with another query is refused', async () => {
    const agent = await FakeAgent.linked(test);
    onTestFinished(() => agent.disconnect());
    const { id } = await installedServer(test.admin, agent);
    const again = (data: string) =>
      ask(test, `/api/servers/${id}/reinstall?data=${data}`, {
        method: 'POST',
        token: test.admin.token,
        headers: { 'idempotency-key': 'key-10' },
      });
    expect((await again('keep')).status).toBe(202);
    const other = await again('wipe');
    expect([other.status, other.body.error.code]).toEqual([422, 'invalid_input']);
  });

  describe('of a request that was cut short by the death of its panel', () => {
    /** As it leaves it: claimed, and never answered. */
    const cutShort = async (name: string, key: string, agoMs: number) => {
      await create(name, key);
      const rows = test.panel.core.database.getRepository(IdempotencyKeyEntity);
      const [row] = await rows.find({ order: { createdAt: 'DESC' }, take: 1 });
      const createdAt = new Date(Date.now() - agoMs);
      await rows.update({ id: row?.id }, { status: null, answer: null, createdAt });
    };
    const hourMs = 3_600_000;

    it('is told so once, and may then be sent again', async () => {
      await cutShort('cut short', 'key-7', hourMs);
      const told = await create('cut short', 'key-7');
      expect([told.status, told.body.error.code]).toEqual([409, 'conflict']);
      expect(told.body.error.message).toContain('was cut short');
      expect(await nodesNamed('cut short')).toBe(1);
      expect((await create('cut short', 'key-7')).status).toBe(201);
      expect((await create('cut short', 'key-7')).headers.get('idempotency-replayed')).toBe('true');
      expect(await nodesNamed('cut short')).toBe(2);
    });

    it('is told only when no other panel can still be at work on it', async () => {
      await cutShort('cut now', 'key-8', 0);
      const { message } = (await create('cut now', 'key-8')).body.error;
      // Another panel may use the same Postgres; SQLite has one.
      expect(message).toContain(database === 'postgres' ? 'has not ended' : 'was cut short');
      expect(await nodesNamed('cut now')).toBe(1);
    });
  });

  it('of a long request stays claimed as long as its panel works on it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const panel = await testPanel({ database });
    onTestFinished(() => panel.close());
    const agent = await FakeAgent.linked(panel);
    onTestFinished(() => agent.disconnect());
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<{ installed: string[]; output: string }>();
    agent.answer('host-packages:install', () => {
      asked.resolve();
      return answer.promise;
    });
    const install = () =>
      ask(panel, `/api/nodes/${agent.nodeId}/host-packages`, {
        body: { templateId: 'minecraft-js' },
        token: panel.admin.token,
        headers: { 'idempotency-key': 'key-9' },
      });
    const first = install();
    await asked.promise;
    const rows = panel.panel.core.database.getRepository(IdempotencyKeyEntity);
    const hourAgo = Date.now() - 3_600_000;
    await rows.update({ status: IsNull() }, { createdAt: new Date(hourAgo) });
    vi.advanceTimersByTime(20_000);
    // By its age another panel on the same Postgres sees whether this one is still there.
    if (database === 'postgres') {
      const claimedAt = async () => (await rows.findOneBy({}))?.createdAt.getTime();
      await expect.poll(claimedAt, { timeout: 10_000 }).toBeGreaterThan(hourAgo);
    }
    expect((await install()).body.error.message).toContain('has not ended');
    answer.resolve({ installed: ['npm'], output: '' });
    expect((await first).status).toBe(200);
    expect((await install()).headers.get('idempotency-replayed')).toBe('true');
  });

  it('stores answers encrypted', async () => {
    const { body } = await create('sealed', 'key-5');
    const token = await ask(test, `/api/nodes/${body.id}/deployment-token`, {
      method: 'POST',
      token: test.admin.token,
      headers: { 'idempotency-key': 'key-6' },
    });
    expect(token.status).toBe(201);
    const rows = await test.panel.core.database.getRepository(IdempotencyKeyEntity).find();
    expect(rows.some(({ answer }) => answer !== null)).toBe(true);
    expect(JSON.stringify(rows)).not.toContain(token.body.token);
  });
});
