import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeUnless, noPosix } from '../../testing/describe-unless.ts';
import { fakeSpec } from '../../testing/server-specs.ts';
import { codeOfCall, linkedServer, toBase64 } from './testing/linked-server.ts';

let made = 0;
const newId = () => `01890000-0000-7000-8000-${String(++made).padStart(12, '0')}`;

async function uploading(path: string, sizeBytes: number, more: object = {}) {
  const server = await linkedServer();
  const { files, panel, root } = server;
  const uploadId = newId();
  const wanted = {
    uploadId,
    sizeBytes,
    startedBy: 'marta',
    replace: true,
    pathBase64: toBase64(path),
    ...more,
  };
  const begin = () => files('files:upload-begin', wanted);
  const append = (offsetBytes: number, content: string, breaksOff = false) =>
    files('files:upload-append', { uploadId, offsetBytes, ticket: panel.offer(content, { breaksOff }) });
  const status = () => files('files:upload-status', { uploadId });
  const hidden = () => readdirSync(root).filter((name) => name.startsWith('.catalyst-'));
  return { ...server, uploadId, begin, append, status, hidden };
}

describeUnless(noPosix, 'an upload in pieces', () => {
  it('is there when all of it has come, and not before', async () => {
    const { begin, append, status, files, root } = await uploading('world.zip', 10);
    writeFileSync(join(root, 'world.zip'), 'old', { mode: 0o640 });
    expect(await begin()).toMatchObject({ offsetBytes: 0, sizeBytes: 10, isFinished: false });
    expect(await append(0, '01234')).toMatchObject({ offsetBytes: 5 });
    expect(readFileSync(join(root, 'world.zip'), 'utf8')).toBe('old');
    const { entries } = await files('files:list', { pathBase64: '', limit: 10 });
    expect(entries.map(({ nameBase64 }) => nameBase64)).toEqual([toBase64('world.zip')]);
    expect((await files('files:uploads', {})).uploads).toMatchObject([
      { offsetBytes: 5, startedBy: 'marta' },
    ]);
    expect(await append(5, '56789')).toMatchObject({ offsetBytes: 10, isFinished: true });
    expect(readFileSync(join(root, 'world.zip'), 'utf8')).toBe('0123456789');
    expect(statSync(join(root, 'world.zip')).mode & 0o777).toBe(0o640);
    expect(await status()).toMatchObject({ offsetBytes: 10, isFinished: true });
    expect((await files('files:uploads', {})).uploads).toEqual([]);
  });

  it('keeps what has come before it broke off, and goes on exactly there', async () => {
    const { begin, append, status, root } = await uploading('a', 10);
    await begin();
    await append(0, '0123');
    for (const offset of [0, 3, 5]) expect(await codeOfCall(append(offset, 'xx'))).toBe('conflict');
    expect(await codeOfCall(append(4, '4567890'))).toBe('payload_too_large');
    expect(await status()).toMatchObject({ offsetBytes: 4 });
    expect(await codeOfCall(append(4, '456', true))).toBe('unavailable');
    const { offsetBytes } = await status();
    expect([4, 7]).toContain(offsetBytes);
    await append(offsetBytes, '0123456789'.slice(offsetBytes));
    expect(readFileSync(join(root, 'a'), 'utf8')).toBe('0123456789');
    expect(await append(10, '')).toMatchObject({ isFinished: true });
  });

  it('of nothing is there at once', async () => {
    const { begin, root } = await uploading('empty', 0);
    expect(await begin()).toMatchObject({ isFinished: true });
    expect(readFileSync(join(root, 'empty'), 'utf8')).toBe('');
  });

  it('is refused at its beginning where it could not be put in its place', async () => {
    const { begin, files, root, hidden, uploadId } = await uploading('there', 3, { replace: false });
    writeFileSync(join(root, 'there'), 'old');
    expect(await codeOfCall(begin())).toBe('conflict');
    const other = { uploadId, sizeBytes: 3, startedBy: 'marta', replace: true };
    const codeOf = (path: string, more: object = {}) =>
      codeOfCall(files('files:upload-begin', { ...other, pathBase64: toBase64(path), ...more }));
    expect(await codeOf('nowhere/a')).toBe('not_found');
    expect(await codeOf('there/a')).toBe('invalid_input');
    expect(await codeOf('')).toBe('bad_request');
    expect(await codeOf('a', { sizeBytes: Number.MAX_SAFE_INTEGER })).toBe('quota_exceeded');
    expect(await codeOf('there', { expectedVersion: 'another' })).toBe('precondition_failed');
    expect(hidden()).toEqual([]);
  });

  it('that somebody got ahead of is refused at its end, and nothing of it is left', async () => {
    const { begin, append, status, root, hidden } = await uploading('there', 3, { replace: false });
    await begin();
    writeFileSync(join(root, 'there'), 'first');
    expect(await codeOfCall(append(0, 'abc'))).toBe('conflict');
    expect(readFileSync(join(root, 'there'), 'utf8')).toBe('first');
    expect(await codeOfCall(status())).toBe('not_found');
    expect(hidden()).toEqual([]);
  });

  it('is put in its place when an agent was killed just before', async () => {
    const { begin, append, status, root, hidden } = await uploading('a', 4);
    await begin();
    await append(0, '012');
    const part = hidden().find((name) => name.endsWith('.part')) ?? '';
    writeFileSync(join(root, part), '0123');
    expect(await status()).toMatchObject({ isFinished: true });
    expect(readFileSync(join(root, 'a'), 'utf8')).toBe('0123');
  });

  it('ends when it is given up, or when nothing has come for a day', async () => {
    const { begin, append, status, files, root, hidden, uploadId } = await uploading('a', 4);
    await begin();
    await append(0, '01');
    await files('files:upload-cancel', { uploadId });
    expect(hidden()).toEqual([]);
    expect(await codeOfCall(status())).toBe('not_found');
    await begin();
    const longAgo = Date.now() / 1000 - 25 * 3600;
    for (const name of hidden()) utimesSync(join(root, name), longAgo, longAgo);
    expect((await files('files:uploads', {})).uploads).toEqual([]);
    expect(hidden()).toEqual([]);
  });

  it('leads nowhere else when a game changes its files', async () => {
    const { begin, append, status, root, hidden, files } = await uploading('a', 4);
    await begin();
    const outside = join(root, '..', 'outside.txt');
    writeFileSync(outside, 'secret');
    const [part = '', record = ''] = hidden().sort();
    truncateSync(join(root, record), 0);
    expect(await codeOfCall(status())).toBe('not_found');
    expect(await codeOfCall(append(0, '0123'))).toBe('not_found');
    expect((await files('files:uploads', {})).uploads).toEqual([]);
    const forged = { id: 'x', sizeBytes: 4, replace: true, startedBy: '', createdAt: 0, state: 'finishing' };
    writeFileSync(join(root, record), JSON.stringify({ ...forged, pathBase64: toBase64('../outside.txt') }));
    expect(await codeOfCall(status())).not.toBe('ok');
    mkdirSync(join(root, 'b'));
    symlinkSync(outside, join(root, 'b', part));
    expect(readFileSync(outside, 'utf8')).toBe('secret');
  });

  it('is for nobody while the server is suspended', async () => {
    const spec = fakeSpec(['say ready']);
    const { panel, files } = await linkedServer(spec);
    await panel.fake.call('server:apply', { spec: { ...spec, revision: 2, suspended: true } });
    const uploadId = newId();
    expect(await codeOfCall(files('files:uploads', {}))).toBe('suspended');
    for (const name of ['files:upload-status', 'files:upload-cancel'] as const) {
      expect(await codeOfCall(files(name, { uploadId })), name).toBe('suspended');
    }
    const append = { uploadId, offsetBytes: 0, ticket: panel.offer('x') };
    expect(await codeOfCall(files('files:upload-append', append))).toBe('suspended');
  });
});
