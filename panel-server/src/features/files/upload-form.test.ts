import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { callUrl } from '@catalyst/shared/contract/client';
import { fileRoutes } from '@catalyst/shared/features/files';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { type TestPanel, testPanel } from '../../testing/test-panel.ts';
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

const authorization = () => `Bearer ${test.admin.token}`;
const urlOf = (query: object) => test.url + callUrl(fileRoutes.upload, { params, query } as never);
async function send(form: FormData, query: object = {}) {
  const answer = await fetch(urlOf(query), {
    ...{ method: 'POST', headers: { authorization: authorization() }, body: form },
  });
  return { status: answer.status, body: JSON.parse(await answer.text()) };
}
function formOf(files: [string, string][], fields: Record<string, string> = {}): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const [name, content] of files) form.append('files', new Blob([content]), name);
  return form;
}

describe('a form', () => {
  it('brings its files into a folder, which the address or a field names', async () => {
    const { status, body } = await send(
      formOf([
        ['a.jar', 'one'],
        ['größe.txt', ''],
      ]),
      { path: 'mods' },
    );
    expect([status, body.items]).toMatchObject([
      201,
      [
        { path: 'mods/a.jar', type: 'file', sizeBytes: 3 },
        { path: 'mods/größe.txt', sizeBytes: 0 },
      ],
    ]);
    expect(agent.files.content(id, 'mods/a.jar')).toBe('one');
    const { items } = await test.admin.api.audit.list({ query: { action: 'file.upload', serverId: id } });
    const paths = [{ path: 'mods/a.jar' }, { path: 'mods/größe.txt' }];
    expect(items).toMatchObject([{ outcome: 'success', details: { items: paths } }]);
    await send(formOf([['b.jar', 'two']], { path: 'plugins' }));
    await send(formOf([['c.jar', 'three']]));
    expect(agent.files.paths(id)).toEqual(['c.jar', 'mods/a.jar', expect.any(String), 'plugins/b.jar']);
  });

  it('names the file that is refused, and those before it stay', async () => {
    agent.files.put(id, 'b.jar', 'old');
    const form = formOf([
      ['a.jar', 'one'],
      ['b.jar', 'two'],
      ['c.jar', 'three'],
    ]);
    expect(await send(form, { replace: 'false' })).toMatchObject({
      status: 409,
      body: { error: { code: 'conflict', issues: [{ path: 'files.1', message: /b\.jar/ }] } },
    });
    expect(agent.files.paths(id)).toEqual(['a.jar', 'b.jar']);
    expect(agent.files.content(id, 'b.jar')).toBe('old');
    const { items } = await test.admin.api.audit.list({ query: { action: 'file.upload', serverId: id } });
    expect(items).toMatchObject([{ outcome: 'failure', details: { items: [{ path: 'a.jar' }] } }]);
  });

  it('is in the audit log with each of its files', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `${index}.jar`);
    expect((await send(formOf(names.map((name) => [name, ''])))).status).toBe(201);
    const { items } = await test.admin.api.audit.list({ query: { action: 'file.upload', serverId: id } });
    const listed = [items[0]?.details.items, items[0]?.details.moreItems].flat();
    expect(listed).toEqual(names.map((path) => ({ path })));
  });

  it.each([
    ['../evil.txt', 'files.0'],
    ['a/b.txt', 'files.0'],
    ['..', 'files.0'],
    ['n'.repeat(256), 'files.0'],
  ])('with a file called %j is refused', async (name, field) => {
    const { status, body } = await send(formOf([[name, 'text']]));
    expect([status, body.error.issues[0].path]).toEqual([400, field]);
    expect(agent.files.paths(id)).toEqual([]);
  });

  it('without a file, with too many, or into no folder is refused', async () => {
    expect((await send(formOf([], { path: 'mods' }))).status).toBe(422);
    expect((await send(formOf([['a', 'x']], { path: '../out' }))).status).toBe(400);
    const many = Array.from({ length: 101 }, (_, index): [string, string] => [`${index}`, '']);
    expect((await send(formOf(many))).status).toBe(400);
  });

  it('that breaks off leaves nothing of the file that was coming', async () => {
    const boundary = 'cut';
    const upload = request(urlOf({}), {
      method: 'POST',
      headers: {
        authorization: authorization(),
        'content-type': `multipart/form-data; boundary=${boundary}`,
      },
    }).on('error', () => {});
    const part = (name: string, text: string) =>
      `--${boundary}\r\ncontent-disposition: form-data; name="f"; filename="${name}"\r\n\r\n${text}`;
    upload.write(`${part('whole.txt', 'whole')}\r\n${part('half.txt', 'half of ')}`);
    await vi.waitFor(() => expect(agent.files.paths(id)).toEqual(['whole.txt']));
    upload.destroy();
    await vi.waitFor(async () => {
      const { items } = await test.admin.api.audit.list({ query: { action: 'file.upload', serverId: id } });
      expect(items).toMatchObject([{ outcome: 'failure' }]);
    });
    expect(agent.files.paths(id)).toEqual(['whole.txt']);
  });

  it('that ends before its last line is refused', async () => {
    const upload = request(urlOf({}), {
      method: 'POST',
      headers: { authorization: authorization(), 'content-type': 'multipart/form-data; boundary=x' },
    });
    upload.end('--x\r\ncontent-disposition: form-data; name="f"; filename="half.txt"\r\n\r\nhalf');
    const [response] = (await once(upload, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBeGreaterThanOrEqual(400);
    expect(agent.files.paths(id)).toEqual([]);
  });
});

describe('the limit of one request', () => {
  afterEach(() => test.admin.api.settings.update({ body: { uploadLimitMb: 100 } }));

  it('is a setting of the panel, for bodies and for forms', async () => {
    await test.admin.api.settings.update({ body: { uploadLimitMb: 1 } });
    const large = 'x'.repeat(1024 * 1024 + 1);
    const message = 'One request uploads at most 1 MB';
    expect(await send(formOf([['a', large]]))).toMatchObject({ status: 413, body: { error: { message } } });
    const plain = await fetch(urlOf({ path: 'a' }), {
      ...{ method: 'POST', headers: { authorization: authorization() }, body: large },
    });
    expect(await plain.json()).toMatchObject({ error: { message, issues: [{ path: 'body' }] } });
    expect(agent.files.paths(id)).toEqual([]);
    const wrong = test.admin.api.settings.update({ body: { uploadLimitMb: 0 } });
    await expect(wrong).rejects.toMatchObject({ issues: [{ path: 'uploadLimitMb' }] });
  });
});
