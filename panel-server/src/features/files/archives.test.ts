import { AppError } from '@catalyst/shared/contract/errors';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { codeOf } from '../../testing/code-of.ts';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { type TestClient, type TestPanel, testPanel } from '../../testing/test-panel.ts';
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
  agent.files.put(id, 'world', null);
  agent.files.put(id, 'world/a.dat', 'a');
  agent.files.put(id, 'eula.txt', 'eula=true');
});

const archives = () => test.admin.api.archives;
const download = ({ token }: Pick<TestClient, 'token'>, query: string) =>
  fetch(`${test.url}/api/servers/${id}/files/download?${query}`, {
    headers: { authorization: `Bearer ${token}` },
  });

describe('packing', () => {
  it.each([
    [{ paths: ['world'] }, 'world.tar.gz', 'tar.gz of : world'],
    [{ paths: ['world'], format: 'zip' as const }, 'world.zip', 'zip of : world'],
    [{ paths: ['world/a.dat'] }, 'world/a.dat.tar.gz', 'tar.gz of world: a.dat'],
    [{ paths: ['world', 'eula.txt'], to: 'all.tzst' }, 'all.tzst', 'tar.zst of : world, eula.txt'],
    [{ paths: ['world', 'eula.txt'] }, 'files.tar.gz', 'tar.gz of : world, eula.txt'],
    [{ paths: [''], to: 'all.tar' }, 'all.tar', 'tar of : '],
    [{ paths: ['world'], to: 'world.zip', format: 'tar' as const }, 'world.zip', 'tar of : world'],
  ])('of %j makes %s', async (body, path, content) => {
    expect(await archives().compress({ params, body })).toMatchObject({ status: 'succeeded', serverId: id });
    expect(agent.files.content(id, path)).toBe(content);
  });

  it.each([
    [{}, 'paths'],
    [{ paths: ['world', 'world/a.dat'] }, 'paths.1'],
    [{ paths: ['world', 'world'] }, 'paths.1'],
    [{ paths: ['world', ''] }, 'paths.1'],
    [{ paths: ['world'], format: 'rar' as never }, 'format'],
  ])('of %j is refused for %s', async (body, path) => {
    const answer = archives().compress({ params, body });
    await expect(answer).rejects.toMatchObject({ code: 'invalid_input', issues: [{ path }] });
  });

  it('of what is no path is refused before the agent is asked', async () => {
    for (const path of ['..', '/../x', 'a//b', 'a\0']) {
      const refused = await Promise.allSettled([
        archives().compress({ params, body: { paths: [path] } }),
        archives().compress({ params, body: { paths: ['world'], to: path } }),
        archives().decompress({ params, body: { path } }),
        archives().decompress({ params, body: { path: 'eula.txt', to: path } }),
        archives().list({ params, query: { path } }),
        archives().download({ params, body: { paths: [path] } }),
      ]);
      for (const one of refused) expect(one, path).toMatchObject({ reason: { code: 'bad_request' } });
    }
  });

  it('is followed, told to whoever may read files, and stopped', async () => {
    agent.archives.isHeld = true;
    const socket = await TestSocket.connected(test.url, test.admin.token);
    const told = socket.collect('file_task_progress');
    const task = await archives().compress({ params, body: { paths: ['world'] } });
    expect(task.status).toBe('running');
    expect(await archives().tasks({ params })).toEqual({ items: [task] });
    const onTask = { params: { id, taskId: task.id } };
    expect(await archives().task(onTask)).toEqual(task);
    await archives().cancel(onTask);
    expect(await archives().task(onTask)).toMatchObject({ status: 'cancelled' });
    await vi.waitFor(() => expect(told.map(({ status }) => status)).toContain('cancelled'));
    const other = { params: { id, taskId: id } };
    expect(await codeOf(archives().cancel(other))).toBe('not_found');
    expect(await codeOf(archives().task(other))).toBe('not_found');
    agent.archives.isHeld = false;
    socket.close();
  });

  it('and unpacking take the right to read files, too', async () => {
    const { api } = await test.createUser('writer', await roleWith(test, ['server.read', 'file.write']));
    expect(await codeOf(api.archives.compress({ params, body: { paths: ['world'] } }))).toBe('forbidden');
    expect(await codeOf(api.archives.decompress({ params, body: { path: 'eula.txt' } }))).toBe('forbidden');
  });

  it('leaves an entry in the audit log', async () => {
    await archives().compress({ params, body: { paths: ['world'] } });
    const { items } = await test.admin.api.audit.list({ query: { action: 'file.compress', serverId: id } });
    expect(items).toMatchObject([{ details: { paths: ['world'] }, outcome: 'success' }]);
  });
});

describe('unpacking', () => {
  it('goes beside the archive, or where it is told to', async () => {
    agent.files.put(id, 'world/a.zip', 'zip');
    await archives().decompress({ params, body: { path: 'world/a.zip' } });
    await archives().decompress({ params, body: { path: 'world/a.zip', to: 'new/folder' } });
    await archives().decompress({ params, body: { path: 'world/a.zip', to: '' } });
    for (const path of ['world/unpacked', 'new/folder/unpacked', 'unpacked']) {
      expect(agent.files.content(id, path)).toBe('zip');
    }
  });

  it('that fails says why', async () => {
    const failed = await archives().decompress({ params, body: { path: 'gone.zip' } });
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'not_found' } });
  });
});

describe('the list of an archive', () => {
  it('comes in pages, with the bytes of names that are no text', async () => {
    const entry = { type: 'file', sizeBytes: 1, mode: 0o644, modifiedAt: 0 } as const;
    const paths = [Buffer.from('one'), Buffer.from([0x61, 0xff]), Buffer.from('three')];
    agent.archives.entries = paths.map((path) => ({ ...entry, pathBase64: path.toString('base64') }));
    const query = { path: 'eula.txt', limit: 2 };
    const first = await archives().list({ params, query });
    expect(first).toMatchObject({
      items: [
        { path: 'one', mode: '0644' },
        { path: 'a\ufffd', pathBase64: 'Yf8=' },
      ],
      nextCursor: '2',
    });
    const second = await archives().list({ params, query: { ...query, cursor: '2' } });
    expect(second).toMatchObject({ items: [{ path: 'three' }], nextCursor: null });
  });
});

describe('a download', () => {
  it.each([
    ['path=world', 'world.zip', 'zip of : world'],
    ['path=world&format=tar.gz', 'world.tar.gz', 'tar.gz of : world'],
    ['path=world/a.dat&format=tar', 'a.dat.tar', 'tar of world: a.dat'],
    ['path=&format=tar.zst', 'files.tar.zst', 'tar.zst of : '],
    ['', 'files.zip', 'zip of : '],
  ])('of %s is the archive %s', async (query, name, content) => {
    const answer = await download(test.admin, query);
    expect([answer.status, await answer.text()]).toEqual([200, content]);
    expect(answer.headers.get('content-disposition')).toContain(`filename="${name}"`);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('of a file is the file, and of nothing is none', async () => {
    expect(await (await download(test.admin, 'path=eula.txt')).text()).toBe('eula=true');
    expect((await download(test.admin, 'path=gone')).status).toBe(404);
    expect((await download(test.admin, 'path=gone&format=zip')).status).toBe(404);
  });

  it('takes several files of one folder', async () => {
    const body = { paths: ['world', 'eula.txt'] };
    const answer = await archives().download({ params, body });
    expect(await answer.text()).toBe('zip of : world, eula.txt');
    expect(await codeOf(archives().download({ params, body: { paths: ['gone'] } }))).toBe('not_found');
  });

  it('ends when the right to it does', async () => {
    const reader = await test.createUser('reader', await roleWith(test, ['server.read', 'file.read']));
    const aborted = Promise.withResolvers<void>();
    agent.answer('archives:send', ({ ticket }) => {
      const endless = new ReadableStream({
        start: (controller) => controller.enqueue(Buffer.from('some')),
        cancel: () => aborted.resolve(),
      });
      const url = `${agent.link.panelUrl}/api/data/${ticket}`;
      const init = { method: 'POST', body: endless, duplex: 'half' };
      fetch(url, init as RequestInit).catch(() => aborted.resolve());
      return {};
    });
    const answer = await download(reader, 'path=world&format=zip');
    const body = answer.arrayBuffer();
    body.catch(() => {});
    await test.admin.api.users.disable({ params: { id: reader.userId } });
    await expect(body).rejects.toThrow();
    await aborted.promise;
    agent.answer('archives:send', undefined);
  });

  it('that the node refuses says why', async () => {
    agent.answer('archives:send', () => {
      throw new AppError('limit_reached', 'This node is sending too much else');
    });
    expect((await download(test.admin, 'path=world&format=zip')).status).toBe(409);
    agent.answer('archives:send', undefined);
  });
});
