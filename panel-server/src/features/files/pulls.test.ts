import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { codeOf } from '../../testing/code-of.ts';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { type TestPanel, testPanel } from '../../testing/test-panel.ts';
import { roleWith } from '../../testing/test-people.ts';
import { installedServer } from '../../testing/test-servers.ts';
import { TestSocket } from '../../testing/test-socket.ts';

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

const pulls = () => test.admin.api.pulls;
const url = 'https://example.com/world.zip';

describe('a file from the web', () => {
  it('is asked of the agent, listed, told of and stopped', async () => {
    await test.admin.api.settings.update({ body: { allowedNetworks: ['192.0.2.7', '10.0.0.0/8'] } });
    let allowed: readonly string[] = [];
    agent.answer('files:pull', ({ serverId, pullId, allowedNetworks }) => {
      allowed = allowedNetworks;
      return pullOf(serverId, pullId);
    });
    const begun = await pulls().start({ params, body: { url: `${url}?token=secret`, path: 'maps' } });
    agent.answer('files:pull', undefined);
    expect(allowed).toEqual(['192.0.2.7/32', '10.0.0.0/8']);
    expect(begun).toMatchObject({ path: 'maps/world.zip', status: 'running' });
    const { items } = await test.admin.api.audit.list({ query: { serverId: id, action: 'file.pull' } });
    expect(items).toMatchObject([{ outcome: 'success', details: { url, path: 'maps' } }]);
    expect(JSON.stringify(items)).not.toContain('secret');

    const second = await pulls().start({ params, body: { url, name: 'other.zip' } });
    expect((await pulls().list({ params })).items).toMatchObject([{ id: second.id, path: 'other.zip' }]);
    await pulls().cancel({ params: { id, pullId: second.id } });
    expect((await pulls().list({ params })).items).toMatchObject([{ status: 'cancelled' }]);
  });

  it('is told of to those who may write, and only by the agent of the server', async () => {
    const reader = await test.createUser('reader', await roleWith(test, ['server.read', 'file.read']));
    const sockets = {
      admin: await TestSocket.connected(test.url, test.admin.token),
      reader: await TestSocket.connected(test.url, reader.token),
    };
    const told = {
      admin: sockets.admin.collect('file_pull_progress'),
      reader: sockets.reader.collect('file_pull_progress'),
    };
    const other = await FakeAgent.linked(test, 'other');
    const pullId = '01890000-0000-7000-8000-000000000001';
    const forged = pullOf(id, '01890000-0000-7000-8000-000000000002');
    other.socket.emit('file_pull_progress', forged);
    agent.socket.emit('file_pull_progress', { ...pullOf(id, pullId), doneBytes: 5 });
    await vi.waitFor(() => expect(told.admin).toHaveLength(1));
    expect(told.admin).toMatchObject([{ id: pullId, path: 'maps/world.zip', doneBytes: 5 }]);
    expect(told.reader).toEqual([]);
    for (const socket of Object.values(sockets)) socket.close();
    other.disconnect();
  });

  it('is refused before the agent is asked when its address, folder or name is none', async () => {
    agent.answer('files:pull', () => {
      throw new Error('The agent was asked');
    });
    for (const [body, code] of [
      [{ url: 'file:///etc/passwd' }, 'invalid_input'],
      [{ url: 'ftp://example.com/a' }, 'invalid_input'],
      [{ url: 'https://user:password@example.com/a' }, 'invalid_input'],
      [{ url: 'not an address' }, 'invalid_input'],
      [{ url, path: '../out' }, 'bad_request'],
      [{ url, name: 'a/b' }, 'bad_request'],
      [{ url, name: '..' }, 'bad_request'],
    ] as const) {
      expect(await codeOf(pulls().start({ params, body })), JSON.stringify(body)).toBe(code);
    }
    agent.answer('files:pull', undefined);
  });
});

const pullOf = (serverId: string, pullId: string) => ({
  ...{ id: pullId, serverId, source: url, status: 'running' as const, error: null, startedAt: Date.now() },
  ...{ pathBase64: Buffer.from('maps/world.zip').toString('base64'), doneBytes: 0, totalBytes: 10 },
});
