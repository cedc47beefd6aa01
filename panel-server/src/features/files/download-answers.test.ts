import { callUrl } from '@catalyst/shared/contract/client';
import { fileRoutes } from '@catalyst/shared/features/files';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
  agent.files.put(id, 'digits', '0123456789');
});

const ask = (headers: Record<string, string> = {}, method = 'GET', path = 'digits', format?: 'zip') =>
  fetch(test.url + callUrl(fileRoutes.download, { params, query: { path, format } }), {
    method,
    headers: { authorization: `Bearer ${test.admin.token}`, ...headers },
  });

describe('a download', () => {
  it('is not sent again to whoever has it', async () => {
    const etag = (await ask()).headers.get('etag') ?? '';
    for (const tags of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const answer = await ask({ 'if-none-match': tags });
      expect([answer.status, await answer.text(), answer.headers.get('etag')], tags).toEqual([304, '', etag]);
    }
    expect(await (await ask({ 'if-none-match': '"other"' })).text()).toBe('0123456789');
    agent.files.put(id, 'digits', 'changed');
    expect(await (await ask({ 'if-none-match': etag })).text()).toBe('changed');
  });

  it('tells what it would be without being sent', async () => {
    let sent = 0;
    agent.answer('files:send', () => {
      sent += 1;
      throw new Error('Nothing is to be sent');
    });
    const { status, headers } = await ask({}, 'HEAD');
    agent.answer('files:send', undefined);
    expect([status, sent]).toEqual([200, 0]);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-length': '10',
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="digits"; filename*=UTF-8''digits`,
      'accept-ranges': 'bytes',
      etag: expect.stringMatching(/^"[0-9a-z-]+"$/),
    });
    agent.files.put(id, 'world', null);
    expect((await ask({}, 'HEAD', 'world')).status).toBe(200);
    expect((await ask({}, 'HEAD', 'nothing')).status).toBe(404);
    expect((await ask({}, 'HEAD', 'world', 'zip')).status).toBe(200);
    expect((await ask({}, 'HEAD', 'nothing', 'zip')).status).toBe(404);
  });

  it('of a range behind the end is told how long the file is', async () => {
    const answer = await ask({ range: 'bytes=10-' });
    expect([answer.status, answer.headers.get('content-range')]).toEqual([416, 'bytes */10']);
  });
});

describe('a file that somebody else has saved', () => {
  const save = ({ api }: TestClient, content: string, expectedVersion?: string) =>
    api.files.write({ params, body: { path: '/digits', content, expectedVersion } });
  const messageOf = (saved: Promise<unknown>) =>
    saved.then(
      () => 'saved',
      ({ code, message }) => `${code}: ${message}`,
    );

  it('is told with who that was, to whoever may know', async () => {
    const rights = ['server.read', 'file.read', 'file.write'] as const;
    const [blind, seeing] = [
      await test.createUser('blind', await roleWith(test, rights)),
      await test.createUser('seeing', await roleWith(test, [...rights, 'activity.read'])),
    ];
    const { version } = await seeing.api.files.stat({ params, query: { path: 'digits' } });
    await save(blind, 'from blind');
    expect(await messageOf(save(seeing, 'late', version))).toBe(
      'precondition_failed: blind has changed this file since it was opened',
    );
    expect(await messageOf(save(blind, 'late', version))).not.toContain('blind');
    const form = new FormData();
    form.append('files', new Blob(['from a form']), 'digits');
    const url = `${test.url}/api/servers/${params.id}/files/upload?replace=true`;
    const headers = { authorization: `Bearer ${test.admin.token}` };
    expect((await fetch(url, { method: 'POST', headers, body: form })).status).toBe(201);
    expect(await messageOf(save(seeing, 'late', version))).toContain('admin has changed');
    agent.files.put(id, 'other', 'text');
    const body = { path: 'other', content: 'late', expectedVersion: version };
    expect(await messageOf(seeing.api.files.write({ params, body }))).toMatch(
      /^precondition_failed: Somebody/,
    );
  });
});
