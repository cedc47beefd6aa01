import { registryOf } from '@catalyst/shared/features/registry-names';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { installedServer, serverThat } from '../../testing/test-servers.ts';
import { testTemplate } from '../../testing/test-template.ts';
import { AuditEntryEntity } from '../audit/audit-entry.entity.ts';
import { Templates } from '../templates/templates.service.ts';
import { RegistryEntity } from './registry.entity.ts';

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    (error) => error.code,
  );
const secret = 'canary of a password';
const image = 'private.example.com/games/test:1';
const templates = new Templates([{ ...testTemplate, images: { default: image } }]);

describe.each(testDatabases)('registries on %s', (database) => {
  let test: TestPanel;
  beforeAll(async () => {
    test = await testPanel({ database, options: { templates } });
  });
  afterAll(() => test.close());

  it('are added, changed, listed and removed, and never show their passwords', async () => {
    const { registries } = test.admin.api;
    const body = { host: 'Registry.Example.com:5000', username: 'robot', password: secret };
    const made = await registries.create({ body });
    expect(made).toMatchObject({ host: 'registry.example.com:5000', plainHttp: false, username: 'robot' });
    expect(await code(registries.create({ body }))).toBe('conflict');
    const params = { id: made.id };
    expect(await registries.update({ params, body: { username: 'other' } })).toMatchObject({
      username: 'other',
    });
    expect(await registries.get({ params })).toMatchObject({ username: 'other' });
    expect(await registries.list()).toMatchObject({ items: [{ id: made.id }], nextCursor: null });
    await registries.update({ params, body: { password: `${secret} 2` } });
    const answers = await Promise.all(
      ['', `/${made.id}`].map((path) => ask(test, `/api/registries${path}`, { token: test.admin.token })),
    );
    expect(JSON.stringify(answers)).not.toContain('canary');
    const { database: source } = test.panel.core;
    const rows = await source.getRepository(RegistryEntity).find();
    const audited = await source.getRepository(AuditEntryEntity).find({ order: { seq: 'ASC' } });
    expect(JSON.stringify([rows, audited])).not.toContain('canary');
    expect(test.logText()).not.toContain('canary');
    await registries.delete({ params });
    expect(await code(registries.get({ params }))).toBe('not_found');
    expect(await code(registries.delete({ params }))).toBe('not_found');
    const entries = await source.getRepository(AuditEntryEntity).find({ order: { seq: 'DESC' }, take: 2 });
    expect(entries[1]).toMatchObject({
      action: 'registry.delete',
      targetKind: 'registry',
      targetName: 'registry.example.com:5000',
    });
  });

  it('need no login, and get or lose one whole', async () => {
    const { registries } = test.admin.api;
    const made = await registries.create({ body: { host: '10.0.0.5:5000', plainHttp: true } });
    expect(made).toMatchObject({ plainHttp: true, username: null });
    const params = { id: made.id };
    const change = (body: Parameters<typeof registries.update>[0]['body']) =>
      registries.update({ params, body });
    await expect(change({ username: 'robot' })).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [{ path: 'password' }],
    });
    await expect(change({ password: secret })).rejects.toMatchObject({ issues: [{ path: 'username' }] });
    expect(await change({ username: 'robot', password: secret })).toMatchObject({ username: 'robot' });
    expect(await change({ plainHttp: false })).toMatchObject({ plainHttp: false, username: 'robot' });
    expect(await code(change({ username: null, password: secret }))).toBe('invalid_input');
    expect(await change({ username: null })).toMatchObject({ username: null });
    const row = await test.panel.core.database.getRepository(RegistryEntity).findOneBy({ id: made.id });
    expect(row?.sealedPassword).toBeNull();
    await registries.delete({ params });
  });

  it('on the nodes themselves are always spoken to without TLS', async () => {
    const { registries } = test.admin.api;
    const { id, plainHttp } = await registries.create({ body: { host: 'localhost:5000' } });
    expect(plainHttp).toBe(true);
    expect(await registries.update({ params: { id }, body: { plainHttp: false } })).toMatchObject({
      plainHttp,
    });
    await registries.delete({ params: { id } });
  });

  it('are for those who may see and change the settings', async () => {
    const { registries } = test.user.api;
    const body = { host: 'a.example.com', username: 'x', password: 'y' };
    expect(await code(registries.list())).toBe('forbidden');
    expect(await code(registries.create({ body }))).toBe('forbidden');
  });

  it.each([
    [{ host: 'https://user@evil.example.com/', username: 'x', password: 'y' }, 'host'],
    [{ host: 'two words', username: 'x', password: 'y' }, 'host'],
    [{ host: 'a.example.com/path', username: 'x', password: 'y' }, 'host'],
    [{ host: 'a.example.com', username: 'x:y', password: 'y' }, 'username'],
    [{ host: 'a.example.com', username: 'x', password: '' }, 'password'],
    [{ host: 'a.example.com', username: 'x' }, 'password'],
    [{ host: 'a.example.com', password: 'y' }, 'username'],
  ])('are refused as %j', async (body, field) => {
    await expect(test.admin.api.registries.create({ body })).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [expect.objectContaining({ path: field })],
    });
  });

  it('are told of, with their login, for images of exactly their host, in pulls and in specs of servers', async () => {
    const agent = await FakeAgent.linked(test, 'with containers');
    agent.announceHealth({
      runtimes: [
        {
          name: 'containerd',
          available: true,
          version: 'containerd 1.6.20',
          enforces: { user: true, memory: true, cpu: true, pids: true },
          notes: [],
        },
      ],
    });
    const server = await installedServer(test.admin, agent, { templateId: 'test-game' });
    expect(server.runtime).toBe('containerd');
    const pull = async (reference: string) => {
      await test.admin.api.images.pull({ params: { id: agent.nodeId }, body: { reference } });
      return agent.images.asked.at(-1)?.registry;
    };
    const started = async () => {
      await test.admin.api.servers.start({ params: { id: server.id } });
      await serverThat(test.admin, server.id, { state: 'running' });
      await test.admin.api.servers.stop({ params: { id: server.id } });
      await serverThat(test.admin, server.id, { state: 'stopped' });
      return agent.server(server.id).spec;
    };
    await test.admin.api.registries.create({ body: { host: 'other.example.com', plainHttp: true } });
    expect((await started())?.registries).toEqual([]);

    const host = registryOf(image);
    const made = await test.admin.api.registries.create({
      body: { host, username: 'robot', password: secret },
    });
    const login = { username: 'robot', password: secret };
    const registry = { host, plainHttp: false, login };
    expect(await pull(image)).toEqual(registry);
    expect(await pull(`${host}/other/image:1`)).toEqual(registry);
    for (const other of [`${host}.evil.example.com/a`, `${host}:5000/a`, `evil.example.com/${host}/a`]) {
      expect(await pull(other)).toBeUndefined();
    }
    const spec = await started();
    expect(spec?.registries).toEqual([registry]);

    const params = { id: made.id };
    await test.admin.api.registries.update({ params, body: { password: `${secret} 2`, plainHttp: true } });
    const next = await started();
    expect(next?.registries).toEqual([
      { host, plainHttp: true, login: { username: 'robot', password: `${secret} 2` } },
    ]);
    expect(next?.revision).toBeGreaterThan(spec?.revision as number);
    await test.admin.api.registries.update({ params, body: { username: null } });
    expect((await started())?.registries).toEqual([{ host, plainHttp: true, login: null }]);
    await test.admin.api.registries.delete({ params });
    expect((await started())?.registries).toEqual([]);
    expect(test.logText()).not.toContain('canary');
    agent.disconnect();
  });

  it('whose password cannot be read any more say so', async () => {
    const body = { host: 'sealed.example.com', username: 'x', password: 'y' };
    const { id } = await test.admin.api.registries.create({ body });
    const rows = test.panel.core.database.getRepository(RegistryEntity);
    await rows.update({ id }, { sealedPassword: '1.AAAA' });
    const agent = await FakeAgent.linked(test, 'another');
    await expect(
      test.admin.api.images.pull({
        params: { id: agent.nodeId },
        body: { reference: 'sealed.example.com/a' },
      }),
    ).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('enter it again') });
    agent.disconnect();
  });
});

describe('the registry of an image', () => {
  it.each([
    ['alpine', 'docker.io'],
    ['library/alpine:3', 'docker.io'],
    ['index.docker.io/library/alpine', 'docker.io'],
    ['ghcr.io/owner/game@sha256:00', 'ghcr.io'],
    ['localhost/game', 'localhost'],
    ['127.0.0.1:5000/game:1', '127.0.0.1:5000'],
    ['Registry.Example.com/game', 'registry.example.com'],
  ])('%s is at %s', (reference, registry) => {
    expect(registryOf(reference)).toBe(registry);
  });
});
