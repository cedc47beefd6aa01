import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { AgentPull } from '@catalyst/shared/features/pulls-link';
import { afterEach, expect, it, vi } from 'vitest';
import { describeUnless, noPosix } from '../../testing/describe-unless.ts';
import { nameOfAnswer } from '../pulls/name-of-answer.ts';
import { codeOfCall, linkedServer, toBase64 } from './testing/linked-server.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** Somebody's web server, on this machine: only for who is allowed to ask it. */
async function web(answer: RequestListener) {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    answer(request, response);
  }).listen(0, '127.0.0.1');
  ends.push(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, asked: () => asked };
}

async function pulling() {
  const linked = await linkedServer();
  const { files } = linked;
  let made = 0;
  const start = (url: string, more: object = {}) =>
    files('files:pull', {
      ...{ pullId: `01890000-0000-7000-8000-${String(++made).padStart(12, '0')}`, url, folderBase64: '' },
      ...{ replace: false, allowedNetworks: ['127.0.0.1/32'] },
      ...more,
    });
  const ended = (id: string) =>
    vi.waitFor(async () => {
      const pull = (await files('files:pulls', {})).pulls.find((one) => one.id === id) as AgentPull;
      expect(pull.status).not.toBe('running');
      return pull;
    });
  return { ...linked, start, ended };
}

const send =
  (text: string, headers: object = {}) =>
  (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(200, { 'content-length': text.length, ...headers }).end(text);
  };

describeUnless(noPosix, 'a file from the web', () => {
  it('is there as a whole, called as its sender says or as is wished', async () => {
    const { start, ended, root } = await pulling();
    const { url } = await web(send('the map', { 'content-disposition': 'attachment; filename="map.zip"' }));
    const begun = await start(`${url}/get?token=secret`);
    expect(begun).toMatchObject({ source: `${url}/get`, pathBase64: toBase64('map.zip'), totalBytes: 7 });
    expect(await ended(begun.id)).toMatchObject({ status: 'succeeded', doneBytes: 7, error: null });
    expect(readFileSync(join(root, 'map.zip'), 'utf8')).toBe('the map');
    expect(await codeOfCall(start(url, { nameBase64: toBase64('map.zip') }))).toBe('conflict');
    const named = await start(url, { nameBase64: toBase64('other.zip') });
    expect(await ended(named.id)).toMatchObject({ status: 'succeeded' });
    expect(readdirSync(root).sort()).toEqual(['map.zip', 'other.zip']);
  });

  it.each([
    'http://127.0.0.1:PORT/',
    'http://localhost:PORT/',
    'http://[::1]:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://2130706433:PORT/',
    'http://0x7f.1:PORT/',
    'http://017700000001:PORT/',
    'http://127.0.0.1.:PORT/',
    'http://169.254.169.254/latest/meta-data/',
    'http://10.0.0.1/',
    'http://[fd00::1]/',
    'http://0.0.0.0:PORT/',
    'http://user@127.0.0.1:PORT/',
  ])('is not asked for at %s', async (address) => {
    const { start, root } = await pulling();
    const { url, asked } = await web(send('secret'));
    const target = address.replace('PORT', new URL(url).port);
    expect(await codeOfCall(start(target, { allowedNetworks: [] }))).toBe('invalid_input');
    expect(asked()).toBe(0);
    expect(readdirSync(root)).toEqual([]);
  });

  it('is judged anew at each redirect, and not led on for ever', async () => {
    const { start, ended, root } = await pulling();
    const to = (location: string) => (_request: IncomingMessage, response: ServerResponse) => {
      response.writeHead(302, { location }).end();
    };
    const goal = await web(send('found'));
    const led = await start((await web(to(`${goal.url}/found.txt`))).url);
    expect(await ended(led.id)).toMatchObject({ status: 'succeeded' });
    expect(readFileSync(join(root, 'found.txt'), 'utf8')).toBe('found');
    for (const [location, code] of [
      ['http://169.254.169.254/latest', 'invalid_input'],
      ['file:///etc/passwd', 'invalid_input'],
      ['gopher://127.0.0.1/', 'invalid_input'],
      ['http://user:password@127.0.0.1/', 'invalid_input'],
      ['http://', 'unavailable'],
      ['/again', 'unavailable'],
    ] as const) {
      expect(await codeOfCall(start((await web(to(location))).url)), location).toBe(code);
    }
    expect(readdirSync(root)).toEqual(['found.txt']);
  });

  it('leaves nothing when it is refused, breaks off or is too much', async () => {
    const { start, ended, root } = await pulling();
    const missing = await web((_request, response) => response.writeHead(404).end());
    await expect(start(missing.url)).rejects.toMatchObject({ message: expect.stringContaining('404') });
    const large = await web((_request, response) => {
      response.writeHead(200, { 'content-length': Number.MAX_SAFE_INTEGER }).flushHeaders();
    });
    expect(await codeOfCall(start(large.url))).toBe('quota_exceeded');
    const cut = await web((_request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('half', () => response.destroy());
    });
    const broken = await start(cut.url, { nameBase64: toBase64('cut') });
    expect(await ended(broken.id)).toMatchObject({ status: 'failed', error: { code: 'unavailable' } });
    const gone = { folderBase64: toBase64('nowhere') };
    expect(await codeOfCall(start(cut.url, gone))).toBe('not_found');
    expect(readdirSync(root)).toEqual([]);
  });

  it('is stopped, and then nothing of it is left', async () => {
    const { start, ended, files, root } = await pulling();
    const endless = await web((_request, response) => {
      response.writeHead(200).write('some of it');
    });
    const { id } = await start(endless.url, { nameBase64: toBase64('endless') });
    await vi.waitFor(() => expect(readdirSync(root)).toHaveLength(1));
    await files('files:pull-cancel', { pullId: id });
    expect(await ended(id)).toMatchObject({ status: 'cancelled' });
    expect(readdirSync(root)).toEqual([]);
    const other = '01890000-0000-7000-8000-00000000ffff';
    expect(await codeOfCall(files('files:pull-cancel', { pullId: other }))).toBe('not_found');
  });

  it('ends when its server is suspended', async () => {
    const { start, root, spec, panel } = await pulling();
    const endless = await web((_request, response) => {
      response.writeHead(200).write('some of it');
    });
    await start(endless.url, { nameBase64: toBase64('endless') });
    await vi.waitFor(() => expect(readdirSync(root)).toHaveLength(1));
    await panel.fake.call('server:apply', { spec: { ...spec, revision: 2, suspended: true } });
    await vi.waitFor(() => expect(readdirSync(root)).toEqual([]), 5000);
    expect(await codeOfCall(start(endless.url))).toBe('suspended');
  });

  it('comes with not too many others', async () => {
    const { start } = await pulling();
    const endless = await web((_request, response) => {
      response.writeHead(200).write('some of it');
    });
    for (const name of ['a', 'b', 'c']) await start(endless.url, { nameBase64: toBase64(name) });
    expect(await codeOfCall(start(endless.url, { nameBase64: toBase64('d') }))).toBe('limit_reached');
  });
});

it.each([
  ['attachment; filename="map.zip"', '/get', 'map.zip'],
  [`attachment; filename="a.zip"; filename*=UTF-8''gr%C3%B6%C3%9Fe.zip`, '/get', 'größe.zip'],
  ['attachment; filename=plain.zip', '/get', 'plain.zip'],
  ['attachment; filename="../../etc/passwd"', '/get', 'passwd'],
  ['attachment; filename="C:\\\\windows\\\\evil.exe"', '/get', 'evil.exe'],
  ['attachment; filename="..\u0001"', '/world.zip', 'world.zip'],
  ['attachment; filename=".htaccess"', '/get', 'htaccess'],
  ['inline', '/maps/gr%C3%B6%C3%9Fe.zip?a=b', 'größe.zip'],
  ['', '/', 'download'],
  ['', '/%2e%2e%2f', 'download'],
  ['', '/%ff', 'download'],
  [`attachment; filename="${'n'.repeat(300)}.zip"`, '/', 'n'.repeat(200)],
])('of an answer with %j from %s the name is %s', (header, path, name) => {
  const url = new URL(path, 'https://example.com');
  expect(nameOfAnswer({ 'content-disposition': header }, url).toString()).toBe(name);
});
