import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  appendFileSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { api } from '@catalyst/shared/api';
import { createApiClient } from '@catalyst/shared/contract/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { admin, Product, until } from '../product.ts';
import { addScriptTemplate } from '../script-template.ts';
import { SftpClient } from '../sftp-client.ts';

// Somebody works on the files of a server with the programs of his machine.

let product: Product;
let client: Awaited<ReturnType<Product['adminClient']>>;
let params: { id: string };
let folder: string;
let here: string;
let sftp: SftpClient;

beforeAll(async () => {
  here = mkdtempSync(join(tmpdir(), 'catalyst-sftp-'));
  product = await Product.create();
  await addScriptTemplate(product, 'scripted', 'console.log("ready"); process.stdin.resume();');
  await product.start();
  const code = new URL(await product.setupUrl()).hash.replace(/^#(setup=)?/, '');
  await createApiClient(api, { baseUrl: await product.url() }).sessions.setup({ body: { code, ...admin } });
  client = await product.adminClient();
  const nodeId = (await client.nodes.list()).items[0]?.id as string;
  const sizes = { allocatedMemoryMb: 128, allocatedCpuCores: 1, allocatedDiskMb: 64 };
  const body = { name: 'Files', templateId: 'scripted', nodeId, runtime: 'process' as const, ...sizes };
  params = { id: (await client.servers.create({ body })).id };
  folder = join(product.dataDir, 'agent', 'servers', params.id);
  await until('the server is installed', async () => {
    const { operation } = await client.servers.get({ params });
    return operation?.status === 'succeeded';
  });
  sftp = await clientFor('admin', admin.password);
}, 60_000);
afterAll(async () => {
  await product?.[Symbol.asyncDispose]();
  rmSync(here, { recursive: true, force: true });
});

async function clientFor(name: string, password?: string, options: string[] = []): Promise<SftpClient> {
  const { port } = await client.sftp.get({ params });
  const user = name === '' ? params.id : `${name}.${params.id}`;
  const target = { port: port as number, user, ...(password !== undefined && { password }) };
  return new SftpClient(mkdtempSync(join(here, 'home-')), target, options);
}

const guestPassword = 'seven grey herons wade';

/** Somebody with these rights on the server and no others. */
async function guest(name: string, permissions: ('file.read' | 'file.write' | 'file.delete')[]) {
  const credentials = { email: `${name}@example.com`, password: guestPassword };
  const user = await client.users.create({ body: { ...credentials, name } });
  const { token: invite } = await client.subusers.invite({
    ...{ params, body: { permissions: ['server.read', ...permissions] } },
  });
  const baseUrl = await product.url();
  const { token } = await createApiClient(api, { baseUrl }).sessions.login({ body: credentials });
  const own = createApiClient(api, { baseUrl, token: () => token });
  await own.subusers.acceptInvite({ params: { token: invite } });
  return { id: user.id, sftp: await clientFor(name, guestPassword) };
}

const inFolder = (name: string) => join(folder, name);
const read = (name: string) => readFileSync(inFolder(name), 'utf8');

it('takes a file, gives it back, and goes on where a transfer broke off', async () => {
  const bytes = randomBytes(3_000_000);
  const local = join(here, 'world');
  const back = join(here, 'back');
  writeFileSync(local, bytes);
  expect(await sftp.sftp([`put ${local} world.zip`, `get world.zip ${back}`])).toMatchObject({ code: 0 });
  expect(readFileSync(inFolder('world.zip')).equals(bytes)).toBe(true);
  expect(readFileSync(back).equals(bytes)).toBe(true);
  expect(statSync(inFolder('world.zip')).uid).toBe(statSync(folder).uid);
  writeFileSync(inFolder('world.zip'), bytes.subarray(0, 1_000_001));
  writeFileSync(back, bytes.subarray(0, 2_000_001));
  expect(await sftp.sftp([`reput ${local} world.zip`, `reget world.zip ${back}`])).toMatchObject({ code: 0 });
  expect(readFileSync(inFolder('world.zip')).equals(bytes)).toBe(true);
  expect(readFileSync(back).equals(bytes)).toBe(true);
  // A shorter file over a longer one leaves nothing of it.
  writeFileSync(local, 'short');
  expect(await sftp.scp([local, `${sftp.remote}:world.zip`])).toMatchObject({ code: 0 });
  expect(read('world.zip')).toBe('short');
});

it('does to files what people do to them', async () => {
  writeFileSync(inFolder('a.txt'), 'a');
  const lines = [
    ...['mkdir config', 'rename a.txt config/b.txt', 'chmod 4600 config/b.txt', 'ln -s config/b.txt link'],
    ...['ln -s /config absolute', 'df', 'ls -la', 'cd config', 'pwd', 'cd ../../..', 'pwd'],
  ];
  const { code, output } = await sftp.sftp(lines);
  expect({ code, output }).toMatchObject({ code: 0 });
  expect(output).toContain('Remote working directory: /config');
  expect(output).toContain('Remote working directory: /\n');
  expect(output).toMatch(/^lrwxrwxrwx.* link$/m);
  expect(output).toMatch(/^\s*Size\s+Used\s+Avail/m);
  expect(statSync(inFolder('config/b.txt')).mode & 0o7777).toBe(0o600);
  expect(readlinkSync(inFolder('link'))).toBe('config/b.txt');
  expect(readlinkSync(inFolder('absolute'))).toBe('config');
  const refused = ['rmdir config', 'rm config', 'ln config/b.txt hard', 'ln -s ../../etc out', 'rm /'];
  for (const line of refused) expect({ line, ...(await sftp.sftp([line])) }).toMatchObject({ line, code: 1 });
  expect(await sftp.sftp(['rm link', 'rm absolute', 'rm config/b.txt', 'rmdir config'])).toMatchObject({
    code: 0,
  });
  expect(readdirSync(folder)).not.toContain('config');
});

it('brings a whole tree along and back, whatever its names are', async () => {
  const tree = join(here, 'tree');
  const names = ['plain', 'with space', 'new\nline', '-dash', 'quote\'"', 'é', `${'n'.repeat(255)}`];
  const bytes = [...names.map((name) => Buffer.from(name)), Buffer.from([0x62, 0xff, 0xfe])];
  for (const inner of ['', 'sub', 'sub/deeper', 'empty']) {
    mkdirSync(join(tree, inner), { recursive: true });
    if (inner === 'empty') continue;
    for (const name of bytes)
      writeFileSync(Buffer.concat([Buffer.from(`${join(tree, inner)}/`), name]), name);
  }
  expect(await sftp.scp(['-r', tree, `${sftp.remote}:tree`])).toMatchObject({ code: 0 });
  execFileSync('diff', ['-r', tree, inFolder('tree')]);
  expect(await sftp.scp(['-r', `${sftp.remote}:tree`, join(here, 'tree-back')])).toMatchObject({ code: 0 });
  execFileSync('diff', ['-r', tree, join(here, 'tree-back')]);
  rmSync(inFolder('tree'), { recursive: true });
});

it('keeps within the disk of the server, and within its folder', async () => {
  const large = join(here, 'large');
  writeFileSync(large, new Uint8Array(80 * 1024 * 1024));
  const { code, output } = await sftp.sftp([`put ${large} large`]);
  expect(code).toBe(1);
  expect(output).toContain('Failure');
  expect(statSync(inFolder('large')).size).toBeLessThan(70 * 1024 * 1024);
  rmSync(inFolder('large'));
  execFileSync('ln', ['-s', '/etc', inFolder('out')]);
  execFileSync('mkfifo', [inFolder('fifo')]);
  const refused = [
    'get out/passwd',
    'cd out',
    `put ${here}/world out/passwd`,
    'get fifo',
    'get script.js/x',
    'get nothing',
  ];
  for (const line of refused) {
    expect({ line, ...(await sftp.sftp([line])) }).toMatchObject({ line, code: 1 });
  }
  rmSync(inFolder('out'));
  rmSync(inFolder('fifo'));
});

it('lets in by a token, an API key or an SSH key, and tells nobody else why not', async () => {
  const { token, user } = await client.sftp.makeToken({ params });
  expect(user).toBe(`admin.${params.id}`);
  const key = await client.apiKeys.create({ body: { name: 'sync', scopes: ['file.*'] } });
  const narrow = await client.apiKeys.create({ body: { name: 'narrow', scopes: ['server.read'] } });
  const home = mkdtempSync(join(here, 'keys-'));
  for (const [name, type] of [
    ['ed', 'ed25519'],
    ['rsa', 'rsa'],
    ['ec', 'ecdsa'],
    ['other', 'ed25519'],
  ]) {
    execFileSync('ssh-keygen', ['-q', '-t', type as string, '-N', '', '-f', join(home, name as string)]);
  }
  for (const name of ['ed', 'rsa', 'ec']) {
    await client.sshKeys.add({ body: { publicKey: readFileSync(join(home, `${name}.pub`), 'utf8') } });
  }
  const identity = (name: string) => ['-o', 'IdentitiesOnly=yes', '-i', join(home, name)];
  const good = [
    ...[await clientFor('admin', token), await clientFor('', token), await clientFor('', key.key)],
    ...[await clientFor('admin', key.key), await clientFor('admin', undefined, identity('ed'))],
    ...[
      await clientFor('admin', undefined, identity('rsa')),
      await clientFor('admin', undefined, identity('ec')),
    ],
  ];
  for (const one of good) expect(await one.sftp(['ls script.js'])).toMatchObject({ code: 0 });
  const bad = [
    await clientFor('admin', 'wrong'),
    await clientFor('nobody', admin.password),
    await clientFor('admin', client.token),
    await clientFor('', admin.password),
    await clientFor('admin', narrow.key),
    await clientFor('admin', undefined, identity('other')),
    await clientFor('admin', undefined, [...identity('rsa'), '-o', 'PubkeyAcceptedAlgorithms=ssh-rsa']),
  ];
  for (const one of bad) {
    const { code, output } = await one.sftp(['ls']);
    expect({ code, output }).toMatchObject({
      code: 255,
      output: expect.stringMatching(/Permission denied|Too many/),
    });
    // They count for the account; whoever is let in begins anew.
    expect(await sftp.sftp(['pwd'])).toMatchObject({ code: 0 });
  }
});

it('serves files, and nothing else that SSH can do', async () => {
  for (const options of [
    [],
    ['-t', '-t'],
    ['-N', '-f', '-o', 'ExitOnForwardFailure=yes', '-R', '0:127.0.0.1:1'],
  ]) {
    expect((await sftp.ssh(options.includes('-N') ? [] : ['id'], options)).code).not.toBe(0);
  }
  expect((await sftp.ssh([], ['-W', '127.0.0.1:22'])).code).not.toBe(0);
  expect((await sftp.scp(['-O', join(here, 'back'), `${sftp.remote}:old`])).code).not.toBe(0);
  expect(existsSync(inFolder('old'))).toBe(false);
  const old = [
    ...['Ciphers=aes128-cbc', 'Ciphers=3des-cbc', 'MACs=hmac-md5', 'MACs=hmac-sha1'],
    ...['KexAlgorithms=diffie-hellman-group14-sha1', 'HostKeyAlgorithms=ssh-rsa'],
  ];
  expect(await sftp.sftp(['pwd'], ['-o', 'Ciphers=aes128-ctr'])).toMatchObject({ code: 0 });
  for (const option of old) {
    const cipher = option.startsWith('MACs') ? ['-o', 'Ciphers=aes128-ctr'] : [];
    expect({ option, ...(await sftp.sftp(['pwd'], ['-o', option, ...cipher])) }).toMatchObject({ code: 255 });
  }
});

it('gives whoever may only read a session in which he does', async () => {
  const { sftp: reader } = await guest('reader', ['file.read']);
  writeFileSync(inFolder('shared.txt'), 'shared');
  expect(await reader.sftp(['ls -l', `get shared.txt ${here}/shared`])).toMatchObject({ code: 0 });
  expect(readFileSync(join(here, 'shared'), 'utf8')).toBe('shared');
  const refused = [
    `put ${here}/shared shared.txt`,
    'rm shared.txt',
    'mkdir new',
    'rename shared.txt b',
    'chmod 777 shared.txt',
  ];
  for (const line of [...refused, 'ln -s shared.txt link']) {
    const { code, output } = await reader.sftp([line]);
    expect({ line, code, output }).toMatchObject({
      code: 1,
      output: expect.stringContaining('ermission denied'),
    });
  }
  expect(read('shared.txt')).toBe('shared');
});

it('cuts off whoever loses his right, is suspended or signed out, with all that he has open', async () => {
  const { id, sftp: editor } = await guest('editor', ['file.read', 'file.write']);
  const cutBy = async (end: () => Promise<unknown>) => {
    const open = editor.open();
    let output = '';
    for (const stream of [open.stdout, open.stderr]) stream?.on('data', (data) => (output += data));
    const ended = new Promise<number | null>((resolve) => open.once('exit', resolve));
    open.stdin?.write('pwd\n');
    await until('the session is open', () => output.includes('Remote working directory'));
    const startedAt = Date.now();
    await end();
    open.stdin?.write('pwd\nls\n');
    expect(await ended).not.toBe(0);
    expect(Date.now() - startedAt).toBeLessThan(2000);
  };
  await cutBy(() => client.servers.suspend({ params, body: { reason: 'unpaid' } }));
  expect((await editor.sftp(['ls'])).code).toBe(255);
  await client.servers.unsuspend({ params });
  await cutBy(() => client.users.signOut({ params: { id } }));
  expect((await editor.sftp(['ls'])).code).toBe(0);
  await cutBy(() =>
    client.subusers.update({
      params: { ...params, userId: id },
      body: { permissions: ['server.read'] },
    }),
  );
  expect((await editor.sftp(['ls'])).code).toBe(255);
});

it('writes down who did what, and from where', async () => {
  const { items } = await client.audit.activity({ params, query: { limit: 100 } });
  const actions = new Set(items.map(({ action }) => action));
  const done = ['file.upload', 'file.download', 'file.rename', 'file.delete', 'file.create', 'file.link'];
  for (const action of [...done, 'file.set-attributes', 'sftp.sign-in']) expect(actions).toContain(action);
  const denied = items.find(({ action, outcome }) => action === 'file.upload' && outcome === 'failure');
  expect(denied).toMatchObject({ ip: '127.0.0.1' });
});

it('is the same panel to its clients after a restart', async () => {
  const before = await client.sftp.get({ params });
  const key = join(product.dataDir, 'panel', 'identity', 'sftp-host-key');
  expect(lstatSync(key).mode & 0o777).toBe(0o600);
  await product.stop();
  await product.start();
  client = await product.adminClient();
  const after = await client.sftp.get({ params });
  expect(after.hostKeyFingerprint).toBe(before.hostKeyFingerprint);
  const again = await clientFor('admin', admin.password);
  const found = await again.run('ssh-keyscan', ['-p', String(after.port), '-t', 'ed25519', '127.0.0.1']);
  writeFileSync(join(here, 'found'), found.output.replace(/^#.*\n/gm, ''));
  const { output } = await again.run('ssh-keygen', ['-l', '-f', join(here, 'found')]);
  expect(output).toContain(after.hostKeyFingerprint);
});

const whyNoMount = mountProblem();
it.skipIf(whyNoMount !== null)(
  'is a folder of his machine by sshfs, where rsync works',
  async () => {
    const mount = join(here, 'mount');
    mkdirSync(mount);
    const source = join(here, 'source');
    mkdirSync(source);
    for (let index = 0; index < 20; index++)
      writeFileSync(join(source, `file ${index}`), randomBytes(50_000));
    const { token } = await client.sftp.makeToken({ params });
    const { port } = await client.sftp.get({ params });
    const options = [
      ...['password_stdin', `port=${port}`, 'StrictHostKeyChecking=no', `UserKnownHostsFile=${here}/known`],
      ...['ssh_command=ssh -F /dev/null'],
    ].flatMap((option) => ['-o', option]);
    execFileSync('sshfs', [`${params.id}@127.0.0.1:/`, mount, ...options], { input: `${token}\n` });
    try {
      mkdirSync(join(mount, 'synced'));
      execFileSync('rsync', ['-rt', `${source}/`, join(mount, 'synced/')]);
      appendFileSync(join(mount, 'synced', 'file 0'), 'more');
      appendFileSync(join(source, 'file 0'), 'more');
      execFileSync('diff', ['-r', source, join(mount, 'synced')]);
    } finally {
      execFileSync('fusermount3', ['-u', mount]);
    }
    execFileSync('diff', ['-r', source, inFolder('synced')]);
  },
  40_000,
);
if (whyNoMount !== null) console.warn(`sshfs is not tried: ${whyNoMount}`);

function mountProblem(): string | null {
  for (const program of ['/usr/bin/sshfs', '/usr/bin/rsync', '/usr/bin/fusermount3']) {
    if (!existsSync(program)) return `there is no ${program}`;
  }
  try {
    accessSync('/dev/fuse', constants.R_OK | constants.W_OK);
    return null;
  } catch {
    return '/dev/fuse cannot be used here';
  }
}

it.skipIf(!existsSync('/usr/bin/rclone'))(
  'is a place to synchronise to by rclone',
  async () => {
    const { token } = await client.sftp.makeToken({ params });
    const { port } = await client.sftp.get({ params });
    const source = join(here, 'rclone');
    mkdirSync(join(source, 'inner'), { recursive: true });
    writeFileSync(join(source, 'large'), randomBytes(5_000_000));
    for (let index = 0; index < 10; index++)
      writeFileSync(join(source, 'inner', `file ${index}`), `text ${index}`);
    const password = execFileSync('rclone', ['obscure', token], { encoding: 'utf8' }).trim();
    const remote = `:sftp,host=127.0.0.1,port=${port},user=${params.id},pass=${password},shell_type=none:synced`;
    const quiet = ['--config', '/dev/null', '-q'];
    execFileSync('rclone', ['sync', source, remote, ...quiet]);
    execFileSync('diff', ['-r', source, inFolder('synced')]);
    execFileSync('rclone', ['sync', remote, join(here, 'rclone-back'), ...quiet]);
    execFileSync('diff', ['-r', source, join(here, 'rclone-back')]);
  },
  40_000,
);
