import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ConfigFile } from '@catalyst/shared/features/config-files';
import { configPlaceholders } from '@catalyst/shared/features/config-placeholders';
import { describe, expect, it } from 'vitest';
import { openServerDirectory } from '../files/server-directory.ts';
import {
  isRoot,
  makeSandbox,
  openDescriptors,
  run,
  type Sandbox,
  secret,
  serverUid,
} from '../files/testing/sandbox.ts';
import { describeUnless, notLinux } from '../testing/describe-unless.ts';
import { fakeSpec } from '../testing/server-specs.ts';
import { applyConfigFiles } from './apply-config-files.ts';

const settings = {
  parser: 'properties',
  find: { motd: '{{env.MOTD}}', port: '{{server.build.default.port}}' },
};
const written = 'motd=Hello\nport=4000\n';

async function apply(
  sandbox: Sandbox,
  files: unknown[],
  environment: Record<string, string> = { MOTD: 'Hello' },
) {
  const said: string[] = [];
  await using directory = await openServerDirectory(
    sandbox.root,
    serverUid === undefined ? {} : { uid: serverUid, gid: serverUid },
  );
  const spec = fakeSpec([], {
    environment,
    ports: [{ name: 'game', ip: '10.0.0.1', port: 4000, protocol: 'tcp' }],
  });
  await applyConfigFiles({
    files: files.map((file) => ConfigFile.parse(file)),
    placeholders: configPlaceholders(spec, { interfaceAddress: '10.9.0.1' }),
    directory,
    say: (text) => said.push(text),
  });
  return said;
}

describe('the settings of a game', () => {
  it('are written to files that are there and to new ones, in new folders too', async () => {
    using sandbox = makeSandbox();
    writeFileSync(join(sandbox.root, 'server.properties'), '# mine\nmotd=Old\n');
    const said = await apply(sandbox, [
      { path: 'server.properties', ...settings },
      { path: '/config/deep/server.json', parser: 'json', find: { 'net.port': '{{env.SERVER_PORT}}' } },
    ]);
    expect(said).toEqual(['Wrote the settings to server.properties, /config/deep/server.json.']);
    expect(readFileSync(join(sandbox.root, 'server.properties'), 'utf8')).toBe(`# mine\n${written}`);
    const made = join(sandbox.root, 'config/deep/server.json');
    expect(JSON.parse(readFileSync(made, 'utf8'))).toEqual({ net: { port: 4000 } });
    expect(lstatSync(made).mode & 0o777).toBe(0o644);
    if (serverUid !== undefined) expect(lstatSync(made)).toMatchObject({ uid: serverUid, gid: serverUid });
  });

  it('leave a file alone that says them already, and one that is not to be made', async () => {
    using sandbox = makeSandbox();
    const path = join(sandbox.root, 'a.properties');
    writeFileSync(path, written);
    const before = lstatSync(path);
    const files = [
      { path: 'a.properties', ...settings },
      { path: 'b.properties', ...settings, createFile: false },
    ];
    expect(await apply(sandbox, files)).toEqual([]);
    expect(lstatSync(path).ino).toBe(before.ino);
    expect(existsSync(join(sandbox.root, 'b.properties'))).toBe(false);
  });

  it('keep the mode of a file, and a link to it inside the folder', async () => {
    using sandbox = makeSandbox();
    mkdirSync(join(sandbox.root, 'real'));
    writeFileSync(join(sandbox.root, 'real/a.properties'), 'motd=Old\n');
    chmodSync(join(sandbox.root, 'real/a.properties'), 0o600);
    symlinkSync('real/a.properties', join(sandbox.root, 'a.properties'));
    await apply(sandbox, [{ path: 'a.properties', ...settings }]);
    expect(lstatSync(join(sandbox.root, 'a.properties')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(sandbox.root, 'real/a.properties'), 'utf8')).toBe(written);
    expect(lstatSync(join(sandbox.root, 'real/a.properties')).mode & 0o777).toBe(0o600);
  });

  it('may be asked for in the name of a file', async () => {
    using sandbox = makeSandbox();
    await apply(sandbox, [{ path: 'worlds/{{env.WORLD}}.properties', ...settings }], {
      MOTD: 'Hello',
      WORLD: 'one',
    });
    expect(readFileSync(join(sandbox.root, 'worlds/one.properties'), 'utf8')).toBe(written);
  });

  it('go to the other files when one cannot be read, and that one stays as it is', async () => {
    using sandbox = makeSandbox();
    writeFileSync(join(sandbox.root, 'bad.json'), '{ "port": 1, // comment\n}');
    const said = await apply(sandbox, [
      { path: 'bad.json', parser: 'json', find: { port: '2' } },
      { path: 'a.properties', ...settings },
    ]);
    expect(said).toEqual([
      expect.stringMatching(/^bad\.json was not brought in line with the settings\. It is not JSON/),
      'Wrote the settings to a.properties.',
    ]);
    expect(readFileSync(join(sandbox.root, 'bad.json'), 'utf8')).toBe('{ "port": 1, // comment\n}');
  });

  it('say which places they could not be written to, never what', async () => {
    using sandbox = makeSandbox();
    writeFileSync(join(sandbox.root, 'a.json'), '{ "net": 5 }');
    const said = await apply(sandbox, [
      { path: 'a.json', parser: 'json', find: { 'net.password': '{{env.MOTD}}' } },
    ]);
    expect(said).toEqual(['a.json: net.password was not set, since something else is in its way.']);
  });

  it('are not written to a file of more than 8 MB', async () => {
    using sandbox = makeSandbox();
    writeFileSync(join(sandbox.root, 'a.properties'), Buffer.alloc(8 * 1024 * 1024 + 1, 'a'));
    expect(await apply(sandbox, [{ path: 'a.properties', ...settings }])).toEqual([
      'a.properties was not brought in line with the settings. It has more than 8 MB, too much for a settings file.',
    ]);
  });
});

describe('paths that lead elsewhere', () => {
  it.each([
    ['../canary/secret', {}],
    ['/../canary/secret', {}],
    ['a/../../canary/secret', {}],
    ['..', {}],
    ['', {}],
    ['{{env.WORLD}}', { WORLD: '../canary/secret' }],
    ['{{env.WORLD}}', { WORLD: 'a\0b' }],
    ['{{env.WORLD}}/secret', { WORLD: '{{env.OTHER}}', OTHER: '../canary' }],
  ])('are refused: %s with %j', async (path, variables) => {
    using sandbox = makeSandbox();
    const file = { path: path || '/', ...settings };
    const said = await apply(sandbox, [file], { MOTD: 'Hello', ...variables });
    expect(said).toHaveLength(1);
    sandbox.assertUntouched();
  });

  it('are refused when links lead there: of a file, of a folder, dangling, in a circle', async () => {
    using sandbox = makeSandbox();
    symlinkSync(join(sandbox.canary, 'secret'), join(sandbox.root, 'file'));
    symlinkSync('../canary', join(sandbox.root, 'folder'));
    symlinkSync(join(sandbox.canary, 'new'), join(sandbox.root, 'dangling'));
    symlinkSync('circle', join(sandbox.root, 'circle'));
    const paths = ['file', 'folder/secret', 'folder/new/deep', 'dangling', 'circle'];
    const said = await apply(
      sandbox,
      paths.map((path) => ({ path, ...settings })),
    );
    expect(said).toHaveLength(paths.length);
    for (const text of said) expect(text).toMatch(/was not brought in line/);
    sandbox.assertUntouched();
    expect(readFileSync(join(sandbox.canary, 'secret'), 'utf8')).toBe(secret);
  });

  it('are refused when they are folders', async () => {
    using sandbox = makeSandbox();
    mkdirSync(join(sandbox.root, 'folder'));
    writeFileSync(join(sandbox.root, 'plain'), '');
    const said = await apply(sandbox, [
      { path: 'folder', ...settings },
      { path: 'plain/below', ...settings },
    ]);
    expect(said).toEqual([
      'folder was not brought in line with the settings. This is a folder.',
      'plain/below was not brought in line with the settings. This is not a folder.',
    ]);
  });
});

describeUnless(notLinux, 'what a game may have put in the place of its settings', () => {
  it('is not waited for when it is a FIFO, and nothing stays open', async () => {
    using sandbox = makeSandbox();
    for (let index = 0; index < 8; index += 1) run('mkfifo', join(sandbox.root, `fifo${index}`));
    const before = openDescriptors().length;
    const files = Array.from({ length: 8 }, (_, index) => ({ path: `fifo${index}`, ...settings }));
    const said = await apply(sandbox, files);
    expect(said).toHaveLength(8);
    for (const text of said) expect(text).toContain('This is not a regular file');
    expect(openDescriptors().length).toBeLessThanOrEqual(before);
  });

  it.skipIf(!isRoot)(
    'is refused when it is a hard link to a file of somebody else (needs root)',
    async () => {
      using sandbox = makeSandbox();
      linkSync(join(sandbox.canary, 'secret'), join(sandbox.root, 'a.properties'));
      const untouched = sandbox.watch();
      expect(await apply(sandbox, [{ path: 'a.properties', ...settings }])).toEqual([
        expect.stringContaining('hard link'),
      ]);
      untouched();
    },
  );
});
