import { once } from 'node:events';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { AppError } from '@catalyst/shared/contract/errors';
import { Upload, type UploadOptions } from 'tus-js-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
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

const endpoint = () => `${test.url}/api/servers/${id}/files/uploads`;
const tus = { 'tus-resumable': '1.0.0' };
const metadataOf = (fields: Record<string, string>) =>
  Object.entries(fields)
    .map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`)
    .join(',');

function ask(
  method: string,
  url: string,
  headers: Record<string, string> = {},
  body?: string,
  who = test.admin,
) {
  return fetch(new URL(url, test.url), {
    ...{ method, headers: { authorization: `Bearer ${who.token}`, ...tus, ...headers } },
    ...(body !== undefined && { body }),
  });
}
async function begin(path: string, sizeBytes: number, more: Record<string, string> = {}, who = test.admin) {
  const headers = { 'upload-length': `${sizeBytes}`, 'upload-metadata': metadataOf({ path, ...more }) };
  const answer = await ask('POST', endpoint(), headers, undefined, who);
  return {
    status: answer.status,
    location: answer.headers.get('location') ?? '',
    headers: answer.headers,
    answer,
  };
}
const append = (location: string, offset: number, body: string) =>
  ask(
    'PATCH',
    location,
    { 'upload-offset': `${offset}`, 'content-type': 'application/offset+octet-stream' },
    body,
  );

/** With the client that others use, from bytes that it reads as it goes. */
function upload(content: Buffer, path: string, options: Partial<UploadOptions> = {}) {
  return new Promise<void>((resolve, reject) => {
    new Upload(Readable.from([content], { objectMode: false }) as never, {
      ...{ endpoint: endpoint(), metadata: { path }, uploadSize: content.length, chunkSize: 1_000_000 },
      ...{ headers: { authorization: `Bearer ${test.admin.token}` }, retryDelays: null },
      ...{ onSuccess: () => resolve(), onError: reject },
      ...options,
    }).start();
  });
}

describe('a resumable upload', () => {
  it('is understood by the client of the protocol', async () => {
    const content = Buffer.alloc(2_500_000, 'world');
    await upload(content, 'world.zip');
    expect(agent.files.content(id, 'world.zip')).toBe(content.toString());
    await upload(Buffer.alloc(0), 'empty');
    expect(agent.files.content(id, 'empty')).toBe('');
    const { items } = await test.admin.api.audit.list({ query: { serverId: id, action: 'file.upload' } });
    expect(items).toMatchObject([
      { outcome: 'success', details: { path: 'empty', sizeBytes: 0 } },
      { outcome: 'success', details: { path: 'world.zip', sizeBytes: 2_500_000 } },
    ]);
    const refused = upload(Buffer.from('x'), 'world.zip', {
      metadata: { path: 'world.zip', replace: 'false' },
    });
    await expect(refused).rejects.toThrow('409');
  });

  it('goes on where it is, as HEAD and the list say', async () => {
    const { status, location, headers } = await begin('a.txt', 10);
    expect(status).toBe(201);
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(new Date(headers.get('upload-expires') ?? '').getTime()).toBeGreaterThan(Date.now());
    expect((await append(location, 0, '0123')).headers.get('upload-offset')).toBe('4');
    const head = await ask('HEAD', location);
    expect([head.headers.get('upload-offset'), head.headers.get('upload-length')]).toEqual(['4', '10']);
    expect((await append(location, 3, 'xx')).status).toBe(409);
    const { items } = await test.admin.api.uploads.list({ params });
    expect(items).toMatchObject([{ path: 'a.txt', offsetBytes: 4, sizeBytes: 10, startedBy: 'admin' }]);
    const uploadId = items[0]?.id ?? '';
    expect((await append(location, 4, '456789')).status).toBe(204);
    expect(agent.files.content(id, 'a.txt')).toBe('0123456789');
    expect(await test.admin.api.uploads.get({ params: { id, uploadId } })).toMatchObject({
      isFinished: true,
    });
    expect((await test.admin.api.uploads.list({ params })).items).toEqual([]);
  });

  it.each(['HEAD', 'GET'])(
    'whose last piece broke off after its last byte is recorded by %s',
    async (method) => {
      const { location } = await begin('a.txt', 10);
      const piece = request(new URL(location, test.url), {
        ...{ method: 'PATCH', headers: { authorization: `Bearer ${test.admin.token}`, ...tus } },
      }).on('error', () => {});
      piece.setHeader('upload-offset', '0');
      piece.setHeader('content-type', 'application/offset+octet-stream');
      piece.write('0123456789');
      await vi.waitFor(async () => {
        const { items } = await test.admin.api.uploads.list({ params });
        expect(items).toMatchObject([{ offsetBytes: 10 }]);
      });
      piece.destroy();
      const entries = async () =>
        (await test.admin.api.audit.list({ query: { serverId: id, action: 'file.upload' } })).items;
      await vi.waitFor(async () => expect(await entries()).toMatchObject([{ outcome: 'failure' }]));
      expect(agent.files.paths(id)).toEqual([]);
      for (let count = 0; count < 2; count += 1) expect((await ask(method, location)).status).toBe(200);
      expect(agent.files.content(id, 'a.txt')).toBe('0123456789');
      expect(await entries()).toMatchObject([
        { outcome: 'success', actor: { name: 'admin' }, details: { path: 'a.txt', sizeBytes: 10 } },
        { outcome: 'failure' },
      ]);
    },
  );

  it('that comes with its beginning is recorded as one', async () => {
    const headers = { 'upload-length': '3', 'upload-metadata': metadataOf({ path: 'at-once' }) };
    const type = { 'content-type': 'application/offset+octet-stream' };
    expect((await ask('POST', endpoint(), { ...headers, ...type }, 'one')).status).toBe(201);
    expect(agent.files.content(id, 'at-once')).toBe('one');
    const { items } = await test.admin.api.audit.list({ query: { serverId: id, action: 'file.upload' } });
    expect(items).toMatchObject([{ outcome: 'success', details: { path: 'at-once', sizeBytes: 3 } }]);
  });

  it('is given up', async () => {
    const { location } = await begin('a.txt', 10);
    expect((await ask('DELETE', location)).status).toBe(204);
    expect((await ask('HEAD', location)).status).toBe(404);
    expect((await append(location, 0, 'x')).status).toBe(404);
    const { items } = await test.admin.api.audit.list({
      query: { serverId: id, action: 'file.cancel-upload' },
    });
    expect(items).toMatchObject([{ details: { path: 'a.txt' } }]);
  });

  it.each([
    ['without a version of the protocol', { 'tus-resumable': '' }, 412],
    ['without a length', { 'upload-length': '' }, 400],
    ['of a negative length', { 'upload-length': '-1' }, 400],
    ['of more than there can be', { 'upload-length': '99999999999999999999' }, 400],
    ['of a length that is told later', { 'upload-length': '', 'upload-defer-length': '1' }, 400],
    ['to no path', { 'upload-metadata': metadataOf({ filename: 'a' }) }, 400],
    ['out of the folder', { 'upload-metadata': metadataOf({ path: '../a' }) }, 400],
    ['to a path that is no text', { 'upload-metadata': 'path 4w==' }, 400],
    ['to two paths', { 'upload-metadata': metadataOf({ path: 'a', pathBase64: 'YQ==' }) }, 400],
    ['with metadata that is none', { 'upload-metadata': 'path !!' }, 400],
    ['that may be replaces', { 'upload-metadata': metadataOf({ path: 'a', replace: 'maybe' }) }, 400],
    [
      'over a version that is none',
      { 'upload-metadata': metadataOf({ path: 'a', expectedVersion: '/' }) },
      400,
    ],
  ])('%s is refused', async (_what, wrong, status) => {
    const right = { 'upload-length': '10', 'upload-metadata': metadataOf({ path: 'a' }) };
    const headers = Object.fromEntries(
      Object.entries({ ...tus, ...right, ...wrong }).filter(([, value]) => value !== ''),
    );
    const answer = await fetch(endpoint(), {
      method: 'POST',
      headers: { authorization: `Bearer ${test.admin.token}`, ...headers },
    });
    expect([answer.status, JSON.parse(await answer.text()).error.message]).toEqual([
      status,
      expect.any(String),
    ]);
    expect((await test.admin.api.uploads.list({ params })).items).toEqual([]);
  });

  it('of more than was said is refused', async () => {
    const { location } = await begin('a.txt', 4);
    expect((await append(location, 0, '01234')).status).toBe(413);
    expect(agent.files.paths(id)).toEqual([]);
  });

  it('is for those who may write, and only on the server it is of', async () => {
    const reader = await test.createUser('reader', await roleWith(test, ['server.read', 'file.read']));
    expect((await begin('a', 1, {}, reader)).status).toBe(403);
    const { location } = await begin('a', 1);
    const { id: otherId } = await installedServer(test.admin, agent);
    expect((await ask('HEAD', location.replace(id, otherId))).status).toBe(404);
    expect(await codeOf(reader.api.uploads.list({ params }))).toBe('forbidden');
  });

  it('is not begun anew by its client while the node is away', async () => {
    const { location } = await begin('a.txt', 10);
    agent.answer('files:upload-status', () => {
      throw new AppError('unavailable', 'The folder is not there');
    });
    const head = await ask('HEAD', location);
    expect([head.status, head.headers.get('retry-after')]).toEqual([423, '1']);
    expect((await append(location, 0, 'x')).status).toBe(503);
    agent.answer('files:upload-status', undefined);
    expect((await ask('HEAD', location)).status).toBe(200);
  });

  it('stops when the right to it ends, and keeps what has come', async () => {
    const writer = await test.createUser('writer', await roleWith(test, ['server.read', 'file.write']));
    const { location } = await begin('endless', 1_000_000_000, {}, writer);
    const sent = request(new URL(location, test.url), {
      method: 'PATCH',
      headers: {
        ...{ authorization: `Bearer ${writer.token}`, ...tus, 'upload-offset': '0' },
        'content-type': 'application/offset+octet-stream',
      },
    });
    const cut = once(sent, 'error');
    sent.write('some of it');
    await vi.waitFor(async () => expect(await offsetOf()).toBe(10));
    await test.admin.api.users.disable({ params: { id: writer.userId } });
    await cut;
    expect(await offsetOf()).toBe(10);
  });

  const offsetOf = async () => (await test.admin.api.uploads.list({ params })).items[0]?.offsetBytes ?? 0;
});
