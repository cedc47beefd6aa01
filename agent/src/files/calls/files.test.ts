import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeUnless, noPosix } from '../../testing/describe-unless.ts';
import { fakeSpec } from '../../testing/server-specs.ts';
import { codeOfCall, filesOf, linkedServer, toBase64 } from './testing/linked-server.ts';

describeUnless(noPosix, 'the files of a server', () => {
  it('are listed in pages: folders first, by the bytes of their names, links with what they lead to', async () => {
    const { files, root } = await linkedServer();
    for (const name of ['zeta', 'alpha']) mkdirSync(join(root, name));
    writeFileSync(join(root, 'b.txt'), 'text');
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x61, 0xff])]), '');
    symlinkSync('alpha', join(root, 'c-in'));
    symlinkSync('/etc', join(root, 'd-out'));
    // Of an upload under way.
    writeFileSync(join(root, `.catalyst-${'0'.repeat(24)}.tmp`), 'half');
    const seen: unknown[] = [];
    let cursor: string | undefined;
    do {
      const page = await files('files:list', { pathBase64: '', limit: 2, cursor });
      for (const { nameBase64, type, leadsTo } of page.entries) {
        seen.push([Buffer.from(nameBase64, 'base64').toString('latin1'), type, leadsTo]);
      }
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual([
      ['alpha', 'folder', undefined],
      ['zeta', 'folder', undefined],
      ['a\xff', 'file', undefined],
      ['b.txt', 'file', undefined],
      ['c-in', 'link', 'folder'],
      ['d-out', 'link', null],
    ]);
  });

  it('are made, moved, given permissions and deleted', async () => {
    const { files, root } = await linkedServer();
    const at = (path: string) => ({ pathBase64: toBase64(path) });
    expect(await files('files:create', { ...at('world'), type: 'folder' })).toMatchObject({ type: 'folder' });
    expect(await files('files:create', { ...at('world/a'), type: 'file' })).toMatchObject({ sizeBytes: 0 });
    expect(await codeOfCall(files('files:create', { ...at('world/a'), type: 'file' }))).toBe('conflict');
    expect(await files('files:chmod', { ...at('world/a'), mode: 0o4711 })).toMatchObject({ mode: 0o711 });
    await files('files:rename', { ...at('world/a'), toBase64: toBase64('b') });
    writeFileSync(join(root, 'c'), 'kept');
    const onto = { ...at('b'), toBase64: toBase64('c') };
    expect(await codeOfCall(files('files:rename', onto))).toBe('conflict');
    await files('files:rename', { ...onto, replace: true });
    expect(readFileSync(join(root, 'c'), 'utf8')).toBe('');
    const paths = ['world', ''].map(toBase64);
    expect(await codeOfCall(files('files:delete', { pathsBase64: paths }))).toBe('bad_request');
    expect(existsSync(join(root, 'world'))).toBe(true);
    await files('files:delete', { pathsBase64: ['world', 'c'].map(toBase64) });
    expect(readdirSync(root)).toEqual([]);
  });

  it('come as a whole or in part', async () => {
    const { panel, files, root } = await linkedServer();
    writeFileSync(join(root, 'digits'), '0123456789');
    const digits = { pathBase64: toBase64('digits') };
    const whole = await files('files:send', { ...digits, ticket: panel.ticket('one') });
    expect(whole).toMatchObject({ sizeBytes: 10, firstByte: 0, lengthBytes: 10, isRange: false });
    expect(await panel.delivered('one')).toBe('0123456789');
    const range = { firstByte: 4, lastByte: 6 };
    const same = { ...digits, range, rangeVersion: whole.version };
    expect(await files('files:send', { ...same, ticket: panel.ticket('two') })).toMatchObject({
      ...{ firstByte: 4, lengthBytes: 3, isRange: true },
    });
    expect(await panel.delivered('two')).toBe('456');
    const other = { ...same, rangeVersion: 'another', ticket: panel.ticket('three') };
    expect(await files('files:send', other)).toMatchObject({ lengthBytes: 10, isRange: false });
    const large = { ...digits, maxBytes: 9, ticket: panel.ticket('four') };
    expect(await codeOfCall(files('files:send', large))).toBe('payload_too_large');
    expect(await codeOfCall(files('files:send', { pathBase64: '', ticket: panel.ticket('five') }))).toBe(
      'invalid_input',
    );
  });

  it('are written as a whole, and only over what is expected', async () => {
    const { panel, files, root } = await linkedServer();
    const at = { pathBase64: toBase64('server.properties') };
    const write = (content: string, more: object = {}) =>
      files('files:receive', { ...at, ...more, ticket: panel.offer(content) });
    const first = await write('motd=one');
    expect(readFileSync(join(root, 'server.properties'), 'utf8')).toBe('motd=one');
    // Both have read the same; one of them must lose.
    const both = await Promise.all(
      ['motd=two', 'motd=three'].map((content) =>
        codeOfCall(write(content, { expectedVersion: first.version })),
      ),
    );
    expect(both.sort()).toEqual(['ok', 'precondition_failed']);
    expect(await codeOfCall(write('x', { replace: false }))).toBe('conflict');
    expect(await codeOfCall(write('x', { pathBase64: toBase64('new'), replace: false }))).toBe('ok');
    const gone = { pathBase64: toBase64('gone'), expectedVersion: first.version };
    expect(await codeOfCall(write('x', gone))).toBe('precondition_failed');
    expect(readdirSync(root).sort()).toEqual(['new', 'server.properties']);
  });

  it('that break off while they come leave nothing', async () => {
    const { panel, files, root } = await linkedServer();
    const ticket = panel.offer('half of it', { breaksOff: true });
    const code = await codeOfCall(files('files:receive', { pathBase64: toBase64('cut'), ticket }));
    expect(code).toBe('unavailable');
    expect(readdirSync(root)).toEqual([]);
  });

  it('are for nobody while it is suspended, whatever the panel says', async () => {
    const spec = fakeSpec(['say ready']);
    const { panel, files, root } = await linkedServer(spec);
    writeFileSync(join(root, 'a'), 'text');
    const suspended = { ...spec, revision: 2, suspended: true };
    await panel.fake.call('server:apply', { spec: suspended });
    const asked = filesOf(files, panel, 'a');
    for (const [name, answer] of Object.entries(asked)) {
      expect(await codeOfCall(answer()), name).toBe('suspended');
    }
    expect(readdirSync(root)).toEqual(['a']);
  });

  it.each(['..', '../../x', 'a/../../x', '/../x', 'a//b', 'a/.', 'a\0', 'n'.repeat(256)])(
    'are not where %j would lead, past the panel',
    async (path) => {
      const { panel, files, root } = await linkedServer();
      for (const [name, answer] of Object.entries(filesOf(files, panel, path))) {
        expect(await codeOfCall(answer()), name).toBe('bad_request');
      }
      expect(readdirSync(root)).toEqual([]);
    },
  );

  it('are not reached through links that lead out', async () => {
    const { panel, files, root } = await linkedServer();
    const outside = join(root, '..', `${root.split('/').at(-1)}_evil`);
    mkdirSync(outside);
    writeFileSync(join(outside, 'secret'), 'secret');
    symlinkSync(outside, join(root, 'out'));
    const { rename, remove, ...through } = filesOf(files, panel, 'out/secret');
    for (const [name, answer] of Object.entries({ ...through, rename, remove })) {
      expect(['bad_request', 'not_found', 'forbidden', 'invalid_input'], name).toContain(
        await codeOfCall(answer()),
      );
    }
    expect(readdirSync(outside)).toEqual(['secret']);
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('secret');
  });
});
