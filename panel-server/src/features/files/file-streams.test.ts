import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { callUrl } from '@catalyst/shared/contract/client';
import { fileRoutes } from '@catalyst/shared/features/files';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { type TestClient, type TestPanel, testPanel } from '../../testing/test-panel.ts';
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

const bearer = ({ token }: Pick<TestClient, 'token'>) => ({ authorization: `Bearer ${token}` });

describe('a download', () => {
  const download = (path: string, headers: Record<string, string> = {}) =>
    fetch(test.url + callUrl(fileRoutes.download, { params, query: { path } }), {
      headers: { ...bearer(test.admin), ...headers },
    });

  it('is the file, to be saved and never shown', async () => {
    agent.files.put(id, 'page".html', '<script>alert(1)</script>');
    const answer = await download('page".html');
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('<script>alert(1)</script>');
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': '25',
      'x-content-type-options': 'nosniff',
      'content-disposition': `attachment; filename="page_.html"; filename*=UTF-8''page%22.html`,
      'accept-ranges': 'bytes',
    });
  });

  it('has a name that no header is split by', async () => {
    const name = "new\nline 'größe' \u202e%.txt";
    agent.files.put(id, name, '');
    const { headers, status } = await download(name);
    expect(status).toBe(200);
    expect(headers.get('content-disposition')).toBe(
      `attachment; filename="new_line 'gr__e' __.txt"; filename*=UTF-8''new%0Aline%20%27gr%C3%B6%C3%9Fe%27%20%E2%80%AE%25.txt`,
    );
  });

  it.each([
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-2', 206, '89', 'bytes 8-9/10'],
    ['bytes=5-99', 206, '56789', 'bytes 5-9/10'],
    ['bytes=4-2', 200, '0123456789', null],
    ['bytes=0-1,4-5', 200, '0123456789', null],
    ['lines=1-2', 200, '0123456789', null],
  ])('of the range %s is what that means', async (range, status, text, contentRange) => {
    agent.files.put(id, 'digits', '0123456789');
    const answer = await download('digits', { range });
    expect([answer.status, await answer.text()]).toEqual([status, text]);
    expect(answer.headers.get('content-range')).toBe(contentRange);
  });

  it('of a range behind the end is refused, and one of an older file is all of the new one', async () => {
    agent.files.put(id, 'digits', '0123456789');
    expect((await download('digits', { range: 'bytes=10-' })).status).toBe(416);
    const first = await download('digits', { range: 'bytes=0-3' });
    const etag = first.headers.get('etag') ?? '';
    await first.text();
    const range = { range: 'bytes=4-', 'if-range': etag };
    expect(await (await download('digits', range)).text()).toBe('456789');
    agent.files.put(id, 'digits', 'abcdefghij');
    expect(await (await download('digits', range)).text()).toBe('abcdefghij');
  });

  it('ends when the right to it does', async () => {
    const reader = await test.createUser('reader', await roleWith(test, ['server.read', 'file.read']));
    let post: ClientRequest | undefined;
    // It begins, and goes on for ever.
    agent.answer('files:send', ({ ticket }) => {
      post = request(`${agent.link.panelUrl}/api/data/${ticket}`, { method: 'POST' });
      post.on('error', () => {});
      post.write('some');
      const stats = { type: 'file', sizeBytes: 1e9, mode: 0o644, modifiedAt: 0, version: 'v' };
      return { ...stats, firstByte: 0, lengthBytes: 1e9, isRange: false };
    });
    const answer = await reader.api.files.download({ params, query: { path: 'endless' } });
    const body = answer.arrayBuffer();
    body.catch(() => {});
    await test.admin.api.users.disable({ params: { id: reader.userId } });
    await expect(body).rejects.toThrow();
    await vi.waitFor(() => expect(post?.destroyed).toBe(true));
    agent.answer('files:send', undefined);
  });
});

describe('an upload', () => {
  const begin = (path: string, headers: Record<string, string | number> = {}) =>
    request(test.url + callUrl(fileRoutes.upload, { params, query: { path } }), {
      method: 'POST',
      headers: { ...bearer(test.admin), 'content-type': 'application/octet-stream', ...headers },
    }).on('error', () => {});
  const answerOf = async (upload: ClientRequest) => {
    const [response] = (await once(upload, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of response) text += chunk;
    return { status: response.statusCode, body: JSON.parse(text) };
  };

  it('is in its place when all of it has come; what was there is replaced only if that is wanted', async () => {
    const whole = answerOf(begin('world.zip').end('the world'));
    expect(await whole).toMatchObject({ status: 201, body: { type: 'file', sizeBytes: 9 } });
    expect(agent.files.content(id, 'world.zip')).toBe('the world');
    expect((await answerOf(begin('world.zip').end(''))).body.sizeBytes).toBe(0);
    const url =
      test.url + callUrl(fileRoutes.upload, { params, query: { path: 'world.zip', replace: 'false' } });
    const refused = await fetch(url, { method: 'POST', headers: bearer(test.admin), body: 'other' });
    expect(refused.status).toBe(409);
    expect(agent.files.content(id, 'world.zip')).toBe('');
    const { items } = await test.admin.api.audit.list({ query: { action: 'file.upload', serverId: id } });
    expect(items.map(({ outcome }) => outcome).sort()).toEqual(['failure', 'success', 'success']);
  });

  it('of more than a request may bring is refused before it is sent', async () => {
    const upload = begin('huge.zip', { 'content-length': 100 * 1024 * 1024 + 1 });
    upload.flushHeaders();
    expect(await answerOf(upload)).toMatchObject({
      status: 413,
      body: { error: { code: 'payload_too_large', message: 'One request uploads at most 100 MB' } },
    });
    upload.destroy();
  });

  it('that does not say how much it brings is refused when it is too much', async () => {
    const upload = begin('huge.zip');
    const answered = answerOf(upload);
    const chunk = Buffer.alloc(4 * 1024 * 1024);
    for (let sent = 0; sent <= 100 && upload.writable; sent += 4) upload.write(chunk);
    expect(await answered).toMatchObject({ status: 413 });
    upload.destroy();
    expect(agent.files.paths(id)).toEqual([]);
  });

  it.each([1000, undefined])('cut before its end (of %s) leaves nothing', async (length) => {
    const headers: Record<string, number> = length === undefined ? {} : { 'content-length': length };
    let isTaken = false;
    const fetched = new Promise<string>((resolve) => {
      agent.answer('files:receive', async ({ ticket }) => {
        const response = await fetch(`${agent.link.panelUrl}/api/data/${ticket}`);
        isTaken = true;
        await response.text().then(resolve, () => resolve('broken off'));
        throw Object.assign(new Error('broken off'));
      });
    });
    const upload = begin('cut.zip', headers);
    upload.write('x'.repeat(990));
    await vi.waitFor(() => expect(isTaken).toBe(true));
    upload.destroy();
    expect(await fetched).toBe('broken off');
    agent.answer('files:receive', undefined);
    expect(agent.files.paths(id)).toEqual([]);
  });
});
