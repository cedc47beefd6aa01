import { linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import type { FoundLine } from './search-contents.ts';
import type { FoundName } from './search-names.ts';
import { openServerDirectory, type ServerDirectory } from './server-directory.ts';
import { isRoot, makeSandbox, openDescriptors, run, type Sandbox, serverUid } from './testing/sandbox.ts';

async function names(directory: ServerDirectory, name: string, isCaseSensitive = false): Promise<string[]> {
  const found: string[] = [];
  const onMatch = (match: FoundName) => void found.push(match.path.toString('latin1'));
  await directory.searchNames('', { name, isCaseSensitive }, { onMatch });
  return found.sort();
}

async function lines(
  directory: ServerDirectory,
  text: string,
  { isRegularExpression = false, isCaseSensitive = false } = {},
): Promise<string[]> {
  const found: string[] = [];
  const onMatch = (match: FoundLine) => void found.push(`${match.path}:${match.line}:${match.text}`);
  await directory.searchContents('', { text, isRegularExpression, isCaseSensitive }, { onMatch });
  return found.sort();
}

function makeWorld({ root }: Sandbox): void {
  mkdirSync(join(root, 'plugins/Essentials'), { recursive: true });
  writeFileSync(join(root, 'server.properties'), 'motd=Hello\r\nport=25565\r\n');
  writeFileSync(join(root, 'plugins/Essentials/config.yml'), 'a: 1\nmotd: hello\n\nlast motd');
  writeFileSync(join(root, 'plugins/essentials.JAR'), Buffer.from('motd\0motd'));
}

test('finds names by a part and by stars and question marks, whatever their case', async () => {
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root);
  makeWorld(sandbox);
  writeFileSync(Buffer.concat([Buffer.from(`${sandbox.root}/`), Buffer.from([0x7a, 0xff])]), '');
  expect(await names(directory, 'essen')).toEqual(['plugins/Essentials', 'plugins/essentials.JAR']);
  expect(await names(directory, 'Essen', true)).toEqual(['plugins/Essentials']);
  expect(await names(directory, '*.jar')).toEqual(['plugins/essentials.JAR']);
  expect(await names(directory, 'c?nf*.y*l')).toEqual(['plugins/Essentials/config.yml']);
  expect(await names(directory, 'conf?')).toEqual([]);
  expect(await names(directory, 'z?')).toEqual(['z\xff']);
  for (const name of ['', 'a/b', 'x'.repeat(256)]) {
    await expect(names(directory, name)).rejects.toMatchObject({ code: 'bad_request' });
  }
});

test('a pattern of many stars takes no time', async () => {
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root);
  writeFileSync(join(sandbox.root, 'a'.repeat(250)), '');
  const startedAt = performance.now();
  expect(await names(directory, `${'*a'.repeat(100)}b`)).toEqual([]);
  expect(performance.now() - startedAt).toBeLessThan(1000);
});

test('finds lines with path and number, and leaves out what is no text', async () => {
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root);
  makeWorld(sandbox);
  const all = [
    'plugins/Essentials/config.yml:2:motd: hello',
    'plugins/Essentials/config.yml:4:last motd',
    'server.properties:1:motd=Hello',
  ];
  expect(await lines(directory, 'MOTD')).toEqual(all);
  expect(await lines(directory, 'Hello', { isCaseSensitive: true })).toEqual(all.slice(2));
  expect(await lines(directory, '^motd.*o$', { isRegularExpression: true })).toEqual([all[0], all[2]]);
  expect(await lines(directory, '.*', { isCaseSensitive: true })).toEqual([]);
  for (const [text, isRegularExpression] of [
    ['', false],
    ['a\nb', false],
    ['(', true],
  ] as const) {
    await expect(lines(directory, text, { isRegularExpression })).rejects.toMatchObject({
      code: 'bad_request',
    });
  }
});

test('numbers lines right beyond one read, and searches lines that never end', async () => {
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root);
  const many = Array.from({ length: 100_000 }, (_, index) => `line ${index + 1} of the log`);
  writeFileSync(join(sandbox.root, 'log'), many.join('\n'));
  writeFileSync(join(sandbox.root, 'long'), `${'x'.repeat(1_000_000)}\nneedle`);
  expect(await lines(directory, 'line 77777 ')).toEqual(['log:77777:line 77777 of the log']);
  expect(await lines(directory, '^line 100000 ', { isRegularExpression: true })).toHaveLength(1);
  expect(await lines(directory, 'needle')).toEqual(['long:2:needle']);
});

test('opens no FIFO, follows no link and reads no file of others', async ({ skip }) => {
  skip(!isRoot, 'needs root for a file of somebody else');
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root, { uid: serverUid, gid: serverUid });
  run('mkfifo', join(sandbox.root, 'fifo'));
  symlinkSync(sandbox.canary, join(sandbox.root, 'out'));
  linkSync(join(sandbox.canary, 'secret'), join(sandbox.root, 'hard'));
  writeFileSync(join(sandbox.root, 'own'), 'the canary is silent');
  expect(await lines(directory, 'canary')).toEqual(['own:1:the canary is silent']);
  expect(await names(directory, 'secret')).toEqual([]);
  expect(await names(directory, 'out')).toEqual(['out']);
});

test('an expression that would take for ever ends in time, holds nothing up and leaves nothing open', async () => {
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root);
  writeFileSync(join(sandbox.root, 'f'), `${'a'.repeat(60)}!`);
  const query = { text: '(a+)+$', isRegularExpression: true };
  const onMatch = () => {};
  const before = openDescriptors().length;
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const summary = await directory.searchContents('', query, { onMatch, timeLimitMs: 700 });
  expect(summary).toEqual({ matchCount: 0, endedBy: 'time' });
  const abort = new AbortController();
  const searching = directory.searchContents('', query, { onMatch, signal: abort.signal });
  setImmediate(() => abort.abort());
  await expect(searching).rejects.toThrow(/aborted/);
  delay.disable();
  expect(delay.percentile(90) / 1e6).toBeLessThan(200);
  expect(openDescriptors().length).toBe(before);
});

test('a huge file without text is left at once', async () => {
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root);
  writeFileSync(join(sandbox.root, 'binary'), '');
  truncateSync(join(sandbox.root, 'binary'), 10 * 2 ** 30);
  const onMatch = () => {};
  const summary = await directory.searchContents('', { text: 'x' }, { onMatch });
  expect(summary).toEqual({ matchCount: 0, endedBy: 'end' });
});

test('ends after as many matches as asked for, and tells them as they come', async () => {
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root);
  writeFileSync(join(sandbox.root, 'f'), 'x\n'.repeat(50));
  const seen: number[] = [];
  const onMatch = async ({ line }: FoundLine) => {
    await Promise.resolve();
    seen.push(line);
  };
  const summary = await directory.searchContents('', { text: 'x' }, { onMatch, mostMatches: 3 });
  expect(summary).toEqual({ matchCount: 3, endedBy: 'matches' });
  expect(seen).toEqual([1, 2, 3]);
  for (const limits of [{ mostMatches: 0 }, { mostMatches: 10_001 }, { timeLimitMs: 10_001 }]) {
    const searching = directory.searchNames('', { name: 'f' }, { onMatch: () => {}, ...limits });
    await expect(searching).rejects.toMatchObject({ code: 'bad_request' });
  }
});
