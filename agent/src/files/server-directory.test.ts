import { execFileSync } from 'node:child_process';
import {
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openServerDirectory, type ServerDirectory } from './server-directory.ts';
import {
  collect,
  isRoot,
  makeSandbox,
  openDescriptors,
  run,
  type Sandbox,
  serverUid,
} from './testing/sandbox.ts';

const strategies =
  process.platform === 'linux' ? (['descriptors', 'checked_paths'] as const) : (['checked_paths'] as const);
const invalidUtf8 = Buffer.from([0x61, 0xff, 0xfe, 0x62]);

describe.each(strategies)('a server directory held by %s', (strategy) => {
  let sandbox: Sandbox;
  let directory: ServerDirectory;
  let descriptorsBefore: number;
  const inside = (...names: string[]) => join(sandbox.root, ...names);

  beforeEach(async () => {
    sandbox = makeSandbox();
    descriptorsBefore = openDescriptors().length;
    directory = await openServerDirectory(sandbox.root, { strategy, uid: serverUid, gid: serverUid });
  });

  afterEach(async () => {
    await directory.close();
    expect(openDescriptors().length).toBe(descriptorsBefore);
    sandbox.assertUntouched();
    sandbox[Symbol.dispose]();
  });

  test('writes, reads back and lists, with names as bytes', async () => {
    await directory.makeFolder('world');
    await directory.write('world/level.dat', Buffer.from('one'));
    await directory.write(Buffer.concat([Buffer.from('world/'), invalidUtf8]), Buffer.from('two'));
    expect((await directory.read('/world/level.dat', 10)).toString()).toBe('one');
    const entries = await collect(directory.list('world'));
    expect(entries.map((entry) => entry.name.toString('hex')).sort()).toEqual(
      [invalidUtf8.toString('hex'), Buffer.from('level.dat').toString('hex')].sort(),
    );
    expect(entries.every((entry) => entry.type === 'file' && entry.sizeBytes === 3)).toBe(true);
    if (isRoot) expect(lstatSync(inside('world')).uid).toBe(serverUid);
    if (isRoot) expect(lstatSync(inside('world/level.dat')).uid).toBe(serverUid);
  });

  test('keeps what another program called a file apart: NFC and NFD, newline, quotes, 255 bytes', async () => {
    const names = ['\u00e9', 'e\u0301', 'a\nb', '-rf', '$(x)', '"\'', ' ', '\u202egpj', 'x'.repeat(255)];
    for (const name of names) await directory.write(name, Buffer.from(name));
    for (const name of names) expect((await directory.read(name, 1000)).toString()).toBe(name);
    expect(readdirSync(sandbox.root)).toHaveLength(names.length);
  });

  test('replaces a file as a whole and keeps its mode, without setuid', async () => {
    writeFileSync(inside('run.sh'), 'old');
    execFileSync('chmod', ['4750', inside('run.sh')]);
    const held = await directory.openForReading('run.sh');
    const stats = await directory.write('run.sh', Buffer.from('new contents'));
    expect(stats).toMatchObject({ type: 'file', sizeBytes: 12, mode: 0o750 });
    expect(statSync(inside('run.sh')).mode & 0o7777).toBe(0o750);
    expect(readFileSync(inside('run.sh'), 'utf8')).toBe('new contents');
    expect((await held.whole(10)).toString()).toBe('old');
    await held.close();
    expect(readdirSync(sandbox.root)).toEqual(['run.sh']);
  });

  test('writes from a stream, and leaves nothing behind when the stream fails, hangs or is cancelled', async () => {
    await directory.write('a', toStream(['one ', 'two']));
    expect(readFileSync(inside('a'), 'utf8')).toBe('one two');
    const failing = directory.write('a', toStream(['x'], new Error('the upload broke')));
    await expect(failing).rejects.toThrow('the upload broke');
    const abort = new AbortController();
    const hanging = directory.write('a', neverEnding(), { signal: abort.signal });
    await vi.waitFor(() => expect(readdirSync(sandbox.root)).toHaveLength(2));
    abort.abort();
    await expect(hanging).rejects.toThrow(/aborted/);
    expect(readdirSync(sandbox.root)).toEqual(['a']);
    expect(readFileSync(inside('a'), 'utf8')).toBe('one two');
    expect(directory.quota.usedBytes).toBe((await directory.stat('a')).allocatedBytes);
  });

  test('shows a reader the old or the new contents, never a mix', async () => {
    const contents = ['a', 'b'].map((letter) => Buffer.from(letter.repeat(200_000)));
    await directory.write('f', contents[0] as Buffer);
    let isWriting = true;
    const writing = (async () => {
      for (let index = 0; index < 40; index += 1) {
        await directory.write('f', contents[index % 2] as Buffer, { isDurable: false });
      }
      isWriting = false;
    })();
    while (isWriting) {
      const seen = await directory.read('f', 300_000);
      expect(contents.some((content) => content.equals(seen))).toBe(true);
    }
    await writing;
  });

  test('lets the last of two writers win whole', async () => {
    const contents = ['a', 'b', 'c', 'd'].map((letter) => Buffer.from(letter.repeat(100_000)));
    await Promise.all(contents.map((content) => directory.write('f', content)));
    const left = readFileSync(inside('f'));
    expect(contents.some((content) => content.equals(left))).toBe(true);
    expect(readdirSync(sandbox.root)).toEqual(['f']);
  });

  test('reads ranges, and a file that is too large not at all', async () => {
    writeFileSync(inside('f'), Buffer.from('0123456789'));
    await using file = await directory.openForReading('f');
    const range = await collect(file.chunks({ offsetBytes: 3, lengthBytes: 4 }));
    expect(Buffer.concat(range).toString()).toBe('3456');
    expect(await collect(file.chunks({ offsetBytes: 10 }))).toEqual([]);
    await expect(file.chunks({ offsetBytes: -1 }).next()).rejects.toMatchObject({ code: 'bad_request' });
    await expect(directory.read('f', 9)).rejects.toMatchObject({ code: 'payload_too_large' });
    expect((await directory.read('f', 10)).toString()).toBe('0123456789');
    const aborted = AbortSignal.abort();
    await expect(file.chunks({ signal: aborted }).next()).rejects.toThrow(/aborted/);
  });

  test('reads a file that grows only up to the limit', async () => {
    writeFileSync(inside('f'), 'short');
    await using file = await directory.openForReading('f');
    writeFileSync(inside('f'), 'x'.repeat(50_000));
    await expect(file.whole(40_000)).rejects.toMatchObject({ code: 'payload_too_large' });
    expect((await file.whole(50_000)).length).toBe(50_000);
  });

  test('writes in place and appends in order, without holes', async () => {
    await using file = await directory.openForWriting('log', { ifMissing: 'create' });
    await Promise.all([
      file.append(Buffer.from('one ')),
      file.append(Buffer.from('two ')),
      file.append(Buffer.from('three')),
    ]);
    await file.write(Buffer.from('ONE'), 0);
    await expect(file.write(Buffer.from('x'), 100)).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(file.write(Buffer.from('x'), 2 ** 62)).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(file.truncate(2 ** 40)).rejects.toMatchObject({ code: 'invalid_input' });
    expect(readFileSync(inside('log'), 'utf8')).toBe('ONE two three');
    await file.truncate(3);
    expect(readFileSync(inside('log'), 'utf8')).toBe('ONE');
    await expect(directory.openForWriting('none')).rejects.toMatchObject({ code: 'not_found' });
  });

  test('refuses 64 FIFOs at once and goes on reading files', async () => {
    const names = Array.from({ length: 64 }, (_, index) => `fifo${index}`);
    run('mkfifo', ...names.map((name) => inside(name)));
    writeFileSync(inside('f'), 'file');
    const startedAt = performance.now();
    const refusals = names.map((name) =>
      directory.read(name, 10).catch((error: { code: string }) => error.code),
    );
    expect((await directory.read('f', 10)).toString()).toBe('file');
    expect(new Set(await Promise.all(refusals))).toEqual(new Set(['invalid_input']));
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  test('makes folders, also many at once, and says when there is something already', async () => {
    await directory.makeFolder('a/b/c', { isRecursive: true });
    await directory.makeFolder('a/b/c', { isRecursive: true });
    await directory.makeFolder('/', { isRecursive: true });
    await expect(directory.makeFolder('a')).rejects.toMatchObject({ code: 'conflict' });
    await expect(directory.makeFolder('x/y')).rejects.toMatchObject({ code: 'not_found' });
    writeFileSync(inside('file'), '');
    await expect(directory.makeFolder('file', { isRecursive: true })).rejects.toMatchObject({
      code: 'invalid_input',
    });
    await expect(directory.makeFolder('file/x', { isRecursive: true })).rejects.toMatchObject({
      code: 'invalid_input',
    });
    await Promise.all(Array.from({ length: 8 }, () => directory.makeFolder('p/q/r', { isRecursive: true })));
    expect(statSync(inside('p/q/r')).mode & 0o7777).toBe(0o755);
  });

  test('moves files and folders, and refuses what makes no sense', async () => {
    await directory.makeFolder('a/b', { isRecursive: true });
    await directory.write('a/f', Buffer.from('f'));
    await directory.write('g', Buffer.from('g'));
    await directory.rename('a/f', 'h');
    expect(readFileSync(inside('h'), 'utf8')).toBe('f');
    await expect(directory.rename('h', 'g')).rejects.toMatchObject({ code: 'conflict' });
    await directory.rename('h', 'g', { ifExists: 'replace' });
    expect(readFileSync(inside('g'), 'utf8')).toBe('f');
    await expect(directory.rename('a', 'a/b/c')).rejects.toMatchObject({ code: 'bad_request' });
    symlinkSync('a/b', inside('shortcut'));
    await expect(directory.rename('a', 'shortcut/c')).rejects.toMatchObject({ code: 'bad_request' });
    for (const root of ['', '/']) {
      await expect(directory.rename('a', root)).rejects.toMatchObject({ code: 'bad_request' });
      await expect(directory.rename(root, 'z')).rejects.toMatchObject({ code: 'bad_request' });
    }
    await expect(directory.rename('none', 'z')).rejects.toMatchObject({ code: 'not_found' });
    await directory.rename('shortcut', 'link');
    expect(lstatSync(inside('link')).isSymbolicLink()).toBe(true);
  });

  test('follows links inside the folder to contents, and acts on the link itself otherwise', async () => {
    await directory.makeFolder('config/deep', { isRecursive: true });
    writeFileSync(inside('config/real.txt'), 'real');
    symlinkSync('config/real.txt', inside('file-link'));
    symlinkSync('config', inside('folder-link'));
    symlinkSync('../../file-link', inside('config/deep/chain'));
    symlinkSync('.', inside('config/self'));
    symlinkSync('new.txt', inside('config/dangling'));
    for (const path of [
      'file-link',
      'folder-link/real.txt',
      'config/deep/chain',
      'config/self/self/real.txt',
    ]) {
      expect((await directory.read(path, 10)).toString()).toBe('real');
    }
    await directory.write('config/deep/chain', Buffer.from('changed'));
    expect(readFileSync(inside('config/real.txt'), 'utf8')).toBe('changed');
    expect(lstatSync(inside('file-link')).isSymbolicLink()).toBe(true);
    await directory.write('config/dangling', Buffer.from('made'));
    expect(readFileSync(inside('config/new.txt'), 'utf8')).toBe('made');
    expect((await directory.stat('file-link')).type).toBe('link');
    expect((await directory.stat('file-link', { links: 'follow' })).type).toBe('file');
    expect((await directory.stat('config/self', { links: 'follow' })).type).toBe('folder');
    await directory.chmod('file-link', 0o4600);
    expect(statSync(inside('config/real.txt')).mode & 0o7777).toBe(0o600);
    await directory.delete('folder-link');
    await directory.delete('file-link');
    expect(readdirSync(sandbox.root)).toEqual(['config']);
    expect(readFileSync(inside('config/real.txt'), 'utf8')).toBe('changed');
  });

  test('gives a tree to the server, links themselves included', async ({ skip }) => {
    skip(!isRoot, 'needs root to give files away');
    mkdirSync(inside('t/sub'), { recursive: true });
    writeFileSync(inside('t/sub/f'), '');
    symlinkSync(join(sandbox.canary, 'x'), inside('t/out'));
    expect(await directory.takeOwnership('t', { isRecursive: true })).toEqual({
      changedCount: 4,
      refusedCount: 0,
    });
    for (const name of ['t', 't/sub', 't/sub/f', 't/out'])
      expect(lstatSync(inside(name)).uid).toBe(serverUid);
    linkSync(join(sandbox.canary, 'x'), inside('t/hard'));
    expect(await directory.takeOwnership('t', { isRecursive: true })).toEqual({
      changedCount: 4,
      refusedCount: 1,
    });
    await expect(directory.takeOwnership('t/hard')).rejects.toMatchObject({ code: 'forbidden' });
    expect(lstatSync(join(sandbox.canary, 'x')).uid).toBe(0);
    await directory.delete('t/hard');
  });

  test('refuses everything while its folder is missing or a link, and takes up one made anew', async () => {
    writeFileSync(inside('f'), 'old');
    const operations = () => [
      directory.read('f', 10),
      directory.write('g', Buffer.from('x')),
      directory.makeFolder('d'),
      directory.delete('f'),
      directory.rename('f', 'h'),
      directory.takeOwnership('', { isRecursive: true }),
      directory.diskUsage(''),
      directory.stat('f'),
      collect(directory.list('')),
    ];
    const expectRefused = async () => {
      for (const result of await Promise.allSettled(operations())) {
        expect(result).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
      }
    };
    const aside = `${sandbox.root}-aside`;
    renameSync(sandbox.root, aside);
    await expectRefused();
    symlinkSync(sandbox.canary, sandbox.root);
    await expectRefused();
    await expectRefused();
    rmSync(sandbox.root);
    mkdirSync(sandbox.root);
    writeFileSync(inside('f'), 'new');
    await expect(directory.read('f', 10)).rejects.toMatchObject({ code: 'unavailable' });
    expect((await directory.read('f', 10)).toString()).toBe('new');
    expect(readFileSync(join(aside, 'f'), 'utf8')).toBe('old');
    rmSync(aside, { recursive: true });
  });

  test('removes what killed writes left behind, and spares those under way', async () => {
    await directory.makeFolder('deep');
    const leftover = `.catalyst-${'0'.repeat(24)}.tmp`;
    writeFileSync(inside('deep', leftover), 'x');
    writeFileSync(inside('deep', `${leftover}.txt`), 'x');
    const started = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const writing = directory.write('deep/f', slowly(started, finish.promise));
    await started.promise;
    expect(await directory.removeLeftovers()).toBe(1);
    finish.resolve();
    await writing;
    expect(readdirSync(inside('deep')).sort()).toEqual([`${leftover}.txt`, 'f'].sort());
  });

  test('is made, emptied and destroyed', async () => {
    const path = join(sandbox.base, 'a1', 'fresh');
    await using fresh = await openServerDirectory(path, {
      strategy,
      ifMissing: 'create',
      uid: serverUid,
      gid: serverUid,
    });
    if (isRoot) expect(statSync(path).uid).toBe(serverUid);
    await fresh.makeFolder('a/b', { isRecursive: true });
    await fresh.write('a/b/c', Buffer.from('x'));
    await fresh.empty();
    expect(readdirSync(path)).toEqual([]);
    expect(fresh.quota.usedBytes).toBe(0);
    await fresh.write('again', Buffer.from('x'));
    await fresh.destroy();
    expect(readdirSync(sandbox.root)).toEqual([]);
    await expect(fresh.read('again', 10)).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('is destroyed by an agent that is not root, though the game has closed its own folder', () => {
    mkdirSync(inside('servers', 'one', 'sub'), { recursive: true });
    writeFileSync(inside('servers', 'one', 'sub', 'f'), '');
    const script = `
      const { chmodSync } = await import('node:fs');
      const { openServerDirectory } = await import(${JSON.stringify(import.meta.resolve('./server-directory.ts'))});
      const [path, strategy, uid] = process.argv.slice(1);
      if (uid !== 'own') { process.setgroups([]); process.setgid(Number(uid)); process.setuid(Number(uid)); }
      chmodSync(path + '/sub', 0);
      chmodSync(path, 0);
      await (await openServerDirectory(path, { strategy })).destroy();`;
    if (isRoot) run('chown', '-R', `${serverUid}:${serverUid}`, inside('servers'));
    run(
      ...[process.execPath, '--input-type=module', '-e', script],
      ...[inside('servers', 'one'), strategy, `${serverUid ?? 'own'}`],
    );
    expect(readdirSync(inside('servers'))).toEqual([]);
  });

  test('never opens a root that is a link, a file or missing', async () => {
    symlinkSync(sandbox.canary, inside('link'));
    writeFileSync(inside('file'), '');
    for (const name of ['link', 'link/', 'file', 'none', 'none/none']) {
      const opening = openServerDirectory(`${sandbox.root}/${name}`, { strategy });
      await expect(opening).rejects.toMatchObject({ code: 'unavailable' });
    }
    const creating = openServerDirectory(inside('link'), { strategy, ifMissing: 'create' });
    await expect(creating).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('waits with closing for what is under way', async () => {
    const started = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const writing = directory.write('f', slowly(started, finish.promise));
    await started.promise;
    let isClosed = false;
    const closing = directory.close().then(() => {
      isClosed = true;
    });
    await expect(directory.stat('f')).rejects.toMatchObject({ code: 'unavailable' });
    expect(isClosed).toBe(false);
    finish.resolve();
    await writing;
    await closing;
    expect(readFileSync(inside('f'), 'utf8')).toBe('slow');
  });
});

async function* toStream(parts: string[], failure?: Error): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
  if (failure) throw failure;
}

async function* neverEnding(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('x');
  await new Promise(() => {});
}

async function* slowly(
  started: PromiseWithResolvers<void>,
  finish: Promise<void>,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from('sl');
  started.resolve();
  await finish;
  yield Buffer.from('ow');
}
