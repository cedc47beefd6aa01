import { callUrl } from '@catalyst/shared/contract/client';
import { AppError } from '@catalyst/shared/contract/errors';
import { imageRoutes } from '@catalyst/shared/features/images';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { type TestClient, type TestPanel, testPanel } from '../../testing/test-panel.ts';
import { roleWith } from '../../testing/test-people.ts';
import { installedServer } from '../../testing/test-servers.ts';
import { TestSocket } from '../../testing/test-socket.ts';
import { AuditEntryEntity } from '../audit/audit-entry.entity.ts';

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    (error) => error.code,
  );
const game = 'registry.example.com/games/minecraft:21';
const dayMs = 86_400_000;

let test: TestPanel;
let agent: FakeAgent;
let params: { id: string };
beforeAll(async () => {
  test = await testPanel();
  agent = await FakeAgent.linked(test);
  params = { id: agent.nodeId };
});
afterAll(async () => {
  agent.disconnect();
  await test.close();
});
beforeEach(() => {
  agent.images.images.clear();
  agent.images.pulls.clear();
  agent.images.isHeld = false;
});

describe('images of a node', () => {
  it('are listed in pages, with the servers that the caller may see', async () => {
    const own = await installedServer(test.admin, agent, { name: 'Mine' });
    const foreign = '01890000-0000-7000-8000-000000000000';
    agent.images.add('a.example.com/one:1', { serverIds: [own.id, foreign] });
    agent.images.add('b.example.com/two:1', { isImported: true });
    const first = await test.admin.api.images.list({ params, query: { limit: 1 } });
    expect(first.items).toMatchObject([
      { reference: 'a.example.com/one:1', serverCount: 2, usedBy: [{ id: own.id, name: 'Mine' }] },
    ]);
    const second = await test.admin.api.images.list({ params, query: { cursor: first.nextCursor ?? '' } });
    expect(second).toMatchObject({
      items: [{ reference: 'b.example.com/two:1', isImported: true, usedBy: [] }],
      nextCursor: null,
    });
    expect(await code(test.user.api.images.list({ params }))).toBe('forbidden');
  });

  it('are pulled; those who may see nodes are told how far, and others nothing', async () => {
    const watcher = await TestSocket.connected(test.url, test.admin.token);
    const stranger = await TestSocket.connected(test.url, test.user.token);
    const [told, overheard] = [watcher, stranger].map((one) => one.collect('image_pull_progress')) as [
      ReturnType<TestSocket['collect']>,
      ReturnType<TestSocket['collect']>,
    ];
    const pull = await test.admin.api.images.pull({ params, body: { reference: game } });
    expect(pull).toMatchObject({ nodeId: agent.nodeId, reference: game, status: 'running' });
    await vi.waitFor(() => expect(told.at(-1)).toMatchObject({ id: pull.id, status: 'succeeded' }));
    expect(told[0]).toMatchObject({ nodeId: agent.nodeId, status: 'running' });
    expect(overheard).toEqual([]);
    expect(watcher.invalid).toEqual([]);
    const { items, pulls } = await test.admin.api.images.list({ params });
    expect(items.map(({ reference }) => reference)).toEqual([game]);
    expect(pulls).toMatchObject([{ id: pull.id, status: 'succeeded' }]);
    watcher.close();
    stranger.close();
  });

  it('are not pulled any more when the pull is cancelled', async () => {
    agent.images.isHeld = true;
    const { id: pullId } = await test.admin.api.images.pull({ params, body: { reference: game } });
    await test.admin.api.images.cancel({ params: { ...params, pullId } });
    expect((await test.admin.api.images.list({ params })).pulls).toMatchObject([
      { id: pullId, status: 'cancelled' },
    ]);
    const unknown = { ...params, pullId: '01890000-0000-7000-8000-000000000000' };
    expect(await code(test.admin.api.images.cancel({ params: unknown }))).toBe('not_found');
  });

  it('are removed and pruned, unless servers need them; that is in the audit log', async () => {
    const lastUsedAt = Date.now() - 8 * dayMs;
    agent.images.add('a.example.com/used:1', {
      lastUsedAt,
      serverIds: ['01890000-0000-7000-8000-000000000000'],
    });
    agent.images.add('a.example.com/old:1', { lastUsedAt });
    agent.images.add('a.example.com/own:1', { lastUsedAt, isImported: true });
    agent.images.add('a.example.com/new:1');
    const { images } = test.admin.api;
    const preview = await images.prune({ params, body: { isPreview: true } });
    expect(preview).toEqual({ removed: ['a.example.com/old:1'], freedBytes: 4000 });
    expect((await images.list({ params })).items).toHaveLength(4);
    expect(await images.prune({ params, body: {} })).toEqual(preview);
    const removed = images.remove({ params, query: { reference: 'a.example.com/own:1' } });
    expect(await removed).toEqual({ freedBytes: 4000 });
    const used = images.remove({ params, query: { reference: 'a.example.com/used:1' } });
    expect(await code(used)).toBe('conflict');
    const entries = await test.panel.core.database
      .getRepository(AuditEntryEntity)
      .find({ order: { seq: 'DESC' }, take: 2 });
    expect(entries).toMatchObject([
      { action: 'node.remove-image', outcome: 'failure', targetKind: 'node', targetName: 'node' },
      { action: 'node.remove-image', outcome: 'success', details: { reference: 'a.example.com/own:1' } },
    ]);
  });

  it('of a node that is away, or of none, cannot be asked for', async () => {
    const away = await FakeAgent.linked(test, 'away');
    away.disconnect();
    await vi.waitFor(async () =>
      expect(await code(test.admin.api.images.list({ params: { id: away.nodeId } }))).toBe('node_offline'),
    );
    const nowhere = { id: '01890000-0000-7000-8000-000000000000' };
    expect(await code(test.admin.api.images.list({ params: nowhere }))).toBe('not_found');
    const doctor = test.admin.api.doctor.examine({ params });
    expect((await doctor).checks).toMatchObject([{ id: 'root', status: 'ok' }]);
  });
});

describe('an archive of images', () => {
  const head = Buffer.alloc(64 * 1024);
  head.write('ustar', 257);

  function upload(
    body: Blob | ReadableStream,
    client: TestClient = test.admin,
    reference?: string,
  ): Promise<Response> {
    const path = callUrl(imageRoutes.import, { params, query: { reference } });
    return fetch(test.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${client.token}`, 'content-type': 'application/x-tar' },
      body,
      duplex: 'half',
    } as RequestInit);
  }

  it('goes through the panel to the node', async () => {
    const response = await upload(new Blob([head, Buffer.alloc(5_000_000)]), test.admin, game);
    expect(response.status).toBe(202);
    const { id } = (await response.json()) as { id: string };
    await vi.waitFor(() => expect(agent.images.pulls.get(id)?.status).toBe('succeeded'));
    expect(agent.images.importedBytes.at(-1)).toBe(head.length + 5_000_000);
    expect((await test.admin.api.images.list({ params })).items).toMatchObject([
      { reference: game, isImported: true },
    ]);
  });

  it('is not kept in the memory of the panel while the node is slow', async () => {
    let pass = () => {};
    agent.images.beforeImport = () => new Promise((resolve) => (pass = resolve));
    let sent = 0;
    const chunk = new Uint8Array(64 * 1024);
    // Far more than the kernel keeps, which may be some megabytes on each side.
    const total = 800;
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(sent === 0 ? head : chunk);
        sent += 1;
        if (sent === total) controller.close();
      },
    });
    const answered = upload(body);
    // The kernel's buffers fill, then nothing more is taken.
    let before = -1;
    await vi.waitFor(
      () => {
        const isSteady = sent > 0 && sent === before;
        before = sent;
        expect(isSteady).toBe(true);
      },
      { timeout: 10_000, interval: 300 },
    );
    agent.images.beforeImport = async () => {};
    pass();
    expect((await answered).status).toBe(202);
    expect(before).toBeLessThan(total / 2);
    expect(sent).toBe(total);
  });

  it('that is none is refused in the words of the node, also in the midst of it', async () => {
    const response = await upload(new Blob([Buffer.alloc(3_000_000, 'x')]));
    expect(response.status).toBe(422);
    expect(((await response.json()) as { error: object }).error).toMatchObject({
      code: 'invalid_input',
      message: 'This is not an archive of images.',
    });
  });

  it('that breaks off is not taken in', async () => {
    const stop = new AbortController();
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(head);
        setTimeout(() => stop.abort(), 50);
        return new Promise(() => {});
      },
    });
    const path = callUrl(imageRoutes.import, { params });
    const sent = fetch(test.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${test.admin.token}` },
      body,
      duplex: 'half',
      signal: stop.signal,
    } as RequestInit);
    await expect(sent).rejects.toThrow();
    await vi.waitFor(() => expect([...agent.images.pulls.values()].at(-1)?.status).toBe('failed'));
    expect(agent.images.images.size).toBe(0);
  });

  it('is not taken any further from whoever may not change the node any more', async () => {
    const clerk = await test.createUser('clerk', await roleWith(test, ['node.read', 'node.update']));
    const { role } = await test.admin.api.users.get({ params: { id: clerk.userId } });
    const body = new ReadableStream({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        controller.enqueue(head);
      },
    });
    const refused = expect(upload(body, clerk)).rejects.toThrow();
    await vi.waitFor(() => expect(agent.images.pulls.size).toBe(1));
    const changes = { permissions: ['node.read' as const] };
    await test.admin.api.roles.update({ params: { id: role.id }, body: changes });
    await refused;
    await vi.waitFor(() => expect([...agent.images.pulls.values()].at(-1)?.status).toBe('failed'));
    expect(agent.images.images.size).toBe(0);
  });

  it('is for those who may change nodes, and its ticket is worth nothing a second time', async () => {
    expect((await upload(new Blob([head]), test.user)).status).toBe(403);
    let ticket = '';
    agent.answer('images:import', (input) => {
      ticket = input.ticket;
      return agent.images.answers['images:import'](input);
    });
    expect((await upload(new Blob([head]))).status).toBe(202);
    agent.answer('images:import', undefined);
    expect((await fetch(`${test.url}/api/data/${ticket}`)).status).toBe(404);
  });

  it('is refused at once when the node cannot take it', async () => {
    agent.answer('images:import', () => {
      throw new AppError('unavailable', 'This node has no containerd');
    });
    expect((await upload(new Blob([head]))).status).toBe(503);
    agent.answer('images:import', undefined);
  });
});
