import { callUrl } from '@catalyst/shared/contract/client';
import { AppError } from '@catalyst/shared/contract/errors';
import { fileRoutes } from '@catalyst/shared/features/files';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { codeOf } from '../../testing/code-of.ts';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { type TestPanel, testPanel } from '../../testing/test-panel.ts';
import { roleWith } from '../../testing/test-people.ts';
import { installedServer } from '../../testing/test-servers.ts';

let test: TestPanel;
let agent: FakeAgent;
let id: string;
let params: { id: string };
beforeAll(async () => {
  test = await testPanel();
  agent = await FakeAgent.linked(test);
});
afterAll(async () => {
  agent.disconnect();
  await test.close();
});
beforeEach(async () => {
  ({ id } = await installedServer(test.admin, agent));
  params = { id };
});

const files = () => test.admin.api.files;
const urlOf = (name: keyof typeof fileRoutes, query = '') =>
  `${callUrl(fileRoutes[name], { params })}${query}`;

describe('a folder', () => {
  it('is listed in pages, folders first, sorted by name', async () => {
    for (const name of ['b.txt', 'a.txt', 'c.txt']) agent.files.put(id, name, name);
    for (const name of ['world', 'plugins']) agent.files.put(id, name, null);
    agent.files.put(id, 'world/level.dat', 'inside');
    const names: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < 3; page += 1) {
      const { items, nextCursor } = await files().list({ params, query: { limit: 2, cursor } });
      names.push(...items.map(({ name }) => name));
      cursor = nextCursor ?? undefined;
    }
    expect(names).toEqual(['plugins', 'world', 'a.txt', 'b.txt', 'c.txt']);
    expect(cursor).toBeUndefined();
    const inside = await files().list({ params, query: { path: 'world' } });
    expect(inside.items).toMatchObject([{ name: 'level.dat', type: 'file', sizeBytes: 6, mode: '0644' }]);
    expect(await codeOf(files().list({ params, query: { path: 'nowhere' } }))).toBe('not_found');
  });

  it('tells names that are not UTF-8 by their bytes, and takes them in every way', async () => {
    const name = Buffer.from('caf\xe9.txt', 'latin1');
    agent.files.put(id, name, 'odd');
    const pathBase64 = name.toString('base64');
    const { items } = await files().list({ params });
    expect(items).toMatchObject([{ name: 'caf\ufffd.txt', nameBase64: pathBase64 }]);
    expect((await files().read({ params, query: { pathBase64 } })).content).toBe('odd');
    const byPercent = await ask(test, urlOf('read', '?path=caf%E9.txt'), { token: test.admin.token });
    expect(byPercent.body.content).toBe('odd');
    await files().rename({ params, body: { pathBase64, to: 'café.txt' } });
    expect((await files().list({ params })).items).toMatchObject([{ name: 'café.txt' }]);
    expect((await files().list({ params })).items[0]).not.toHaveProperty('nameBase64');
  });
});

describe('a text file', () => {
  it('is read and saved; what somebody else has saved since is not overwritten', async () => {
    agent.files.put(id, 'server.properties', 'motd=Grüße');
    const query = { path: 'server.properties' };
    const { content, version } = await files().read({ params, query });
    expect(content).toBe('motd=Grüße');
    const body = { ...query, content: 'motd=Hello', expectedVersion: version };
    const saved = await files().write({ params, body });
    expect(saved.version).not.toBe(version);
    expect(agent.files.content(id, 'server.properties')).toBe('motd=Hello');
    expect(await codeOf(files().write({ params, body: { ...body, content: 'late' } }))).toBe(
      'precondition_failed',
    );
    expect(agent.files.content(id, 'server.properties')).toBe('motd=Hello');
    await files().write({ params, body: { ...query, content: '' } });
    expect(agent.files.content(id, 'server.properties')).toBe('');
  });

  it('leaves an entry in the audit log that says where, and not what', async () => {
    await files().write({ params, body: { path: 'secret.yml', content: 'password: hunter2' } });
    const { items } = await test.admin.api.audit.list({ query: { action: 'file.write', serverId: id } });
    expect(items).toMatchObject([{ details: { path: 'secret.yml' }, outcome: 'success' }]);
    expect(JSON.stringify(items)).not.toContain('hunter2');
  });

  it('is neither too large for an editor nor anything else', async () => {
    agent.files.put(id, 'large.log', 'x'.repeat(1_048_577));
    agent.files.put(id, 'level.dat', Buffer.from([1, 0, 2]));
    agent.files.put(id, 'latin1.txt', Buffer.from('Gr\xfc\xdfe', 'latin1'));
    const read = (path: string) => files().read({ params, query: { path } });
    await expect(read('large.log')).rejects.toMatchObject({
      code: 'payload_too_large',
      message: expect.stringContaining('download'),
    });
    for (const path of ['level.dat', 'latin1.txt']) {
      await expect(read(path)).rejects.toMatchObject({ code: 'invalid_input', issues: [{ path: 'path' }] });
    }
    const content = 'x'.repeat(1_048_577);
    await expect(files().write({ params, body: { path: 'new.log', content } })).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [{ path: 'content', message: expect.stringContaining('upload') }],
    });
  });
});

describe('files and folders', () => {
  it('are made, moved, given permissions and deleted', async () => {
    await files().create({ params, body: { path: 'mods', type: 'folder' } });
    expect(await files().create({ params, body: { path: 'mods/a.jar' } })).toMatchObject({ type: 'file' });
    expect(await codeOf(files().create({ params, body: { path: 'mods/a.jar' } }))).toBe('conflict');
    agent.files.put(id, 'b.jar', 'b');
    expect(await codeOf(files().rename({ params, body: { path: 'b.jar', to: 'mods/a.jar' } }))).toBe(
      'conflict',
    );
    await files().rename({ params, body: { path: 'b.jar', to: 'mods/a.jar', replace: true } });
    expect(agent.files.content(id, 'mods/a.jar')).toBe('b');
    expect(await files().chmod({ params, body: { path: 'mods/a.jar', mode: '4755' } })).toMatchObject({
      mode: '0755',
    });
    expect(await codeOf(files().chmod({ params, body: { path: 'mods/a.jar', mode: '899' } }))).toBe(
      'invalid_input',
    );
    agent.files.put(id, 'c.jar', 'c');
    await files().delete({ params, body: { paths: ['mods', 'c.jar'] } });
    expect(agent.files.paths(id)).toEqual([]);
    expect(await codeOf(files().delete({ params, body: {} }))).toBe('invalid_input');
  });
});

describe('whoever asks', () => {
  it('is told at once that the node is offline', async () => {
    agent.disconnect();
    await vi.waitFor(async () => {
      expect((await test.admin.api.servers.get({ params })).node.online).toBe(false);
    });
    const upload = await ask(test, urlOf('upload', '?path=a.txt'), {
      ...{ token: test.admin.token, method: 'POST', body: 'text' },
      headers: { 'content-type': 'application/octet-stream' },
    });
    expect([upload.status, upload.body.error.code]).toEqual([503, 'node_offline']);
    expect(await codeOf(files().list({ params }))).toBe('node_offline');
    expect(await codeOf(files().read({ params, query: { path: 'a.txt' } }))).toBe('node_offline');
    await agent.connect();
  });

  it('can do nothing with the files of a suspended server; the agent refuses it, too', async () => {
    const role = await roleWith(test, ['server.read', 'file.read', 'file.write', 'file.delete']);
    const { api } = await test.createUser('keeper', role);
    agent.files.put(id, 'a.txt', 'text');
    const at = { params, query: { path: 'a.txt' } };
    const body = { path: 'a.txt', content: 'text' };
    const all = () =>
      Promise.all([
        codeOf(api.files.list({ params })),
        codeOf(api.files.read(at)),
        codeOf(api.files.download(at)),
        codeOf(api.files.write({ params, body })),
        codeOf(api.files.delete({ params, body: { paths: ['nothing'] } })),
      ]);
    expect(await all()).toEqual(['ok', 'ok', 'ok', 'ok', 'not_found']);
    await test.admin.api.servers.suspend({ params, body: {} });
    expect(new Set(await all())).toEqual(new Set(['suspended']));
    agent.files.refusal = new AppError('suspended', 'This server is suspended');
    expect(await codeOf(files().list({ params }))).toBe('suspended');
    agent.files.refusal = null;
  });
});

describe('hostile paths', () => {
  const hostile = [
    ...['..', '../', '../../etc/passwd', 'a/../../b', 'a/..', '.', './a', 'a//b', '//etc/passwd', 'a/'],
    ...['a\0b', 'n'.repeat(256), `${'d/'.repeat(2048)}e`],
  ];

  it('are refused by the panel before the agent is asked', async () => {
    for (const path of hostile) await expectRefusal(path);
  });

  async function expectRefusal(path: string) {
    agent.files.refusal = new AppError('internal', 'The agent was asked');
    const body = { path, content: 'x' };
    const pathBase64 = Buffer.from(path).toString('base64');
    const asked: Promise<unknown>[] = [
      files().list({ params, query: { path } }),
      files().stat({ params, query: { pathBase64 } }),
      files().read({ params, query: { path } }),
      files().download({ params, query: { path } }),
      files().write({ params, body }),
      files().create({ params, body: { path } }),
      files().rename({ params, body: { path, to: 'b' } }),
      files().rename({ params, body: { path: 'b', to: path } }),
      files().chmod({ params, body: { path, mode: '644' } }),
      files().delete({ params, body: { paths: ['a', path] } }),
      files().upload({ params, query: { path } }),
    ];
    for (const result of await Promise.allSettled(asked)) {
      expect(result, path).toMatchObject({ status: 'rejected', reason: { code: 'bad_request' } });
      const { issues } = (result as PromiseRejectedResult).reason as AppError;
      expect(issues?.[0]?.path).toMatch(/^(path|pathBase64|to|paths\.1)$/);
    }
    agent.files.refusal = null;
  }

  it('in percent signs are read once, and what they look like otherwise is a name', async () => {
    const answer = (query: string) => ask(test, urlOf('stat', `?path=${query}`), { token: test.admin.token });
    for (const query of ['%2e%2e%2fetc', '..%2f..', '%00', 'a%2f%2e%2e']) {
      expect((await answer(query)).status, query).toBe(400);
    }
    for (const query of [
      '%252e%252e%252f',
      '....',
      '..%5Cetc',
      'C:%5C',
      '%E2%80%A4%E2%80%A4',
      '%c0%ae%c0%ae',
    ]) {
      expect((await answer(query)).status, query).toBe(404);
    }
  });

  it('never name the folder itself where that makes no sense', async () => {
    for (const path of ['', '/']) {
      expect(await codeOf(files().delete({ params, body: { paths: [path] } }))).toBe('bad_request');
      expect(await codeOf(files().rename({ params, body: { path, to: 'a' } }))).toBe('bad_request');
      expect(await codeOf(files().rename({ params, body: { path: 'a', to: path } }))).toBe('bad_request');
    }
    expect(await codeOf(files().stat({ params, query: { path: 'a', pathBase64: 'YQ==' } }))).toBe(
      'bad_request',
    );
  });
});
