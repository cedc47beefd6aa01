import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { api } from '@catalyst/shared/api';
import { callUrl, createApiClient } from '@catalyst/shared/contract/client';
import { archiveRoutes } from '@catalyst/shared/features/archives';
import { fileRoutes } from '@catalyst/shared/features/files';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { admin, Product, until } from '../product.ts';
import { addScriptTemplate } from '../script-template.ts';

// Somebody packs a world, unpacks it again, and takes it home; the tools of the machine must agree with ours.

let product: Product;
let client: Awaited<ReturnType<Product['adminClient']>>;
let params: { id: string };
let folder: string;
let home: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'catalyst-home-'));
  product = await Product.create();
  await addScriptTemplate(product, 'scripted', 'console.log("ready"); process.stdin.resume();');
  await product.start();
  const code = new URL(await product.setupUrl()).hash.replace(/^#(setup=)?/, '');
  await createApiClient(api, { baseUrl: await product.url() }).sessions.setup({ body: { code, ...admin } });
  client = await product.adminClient();
  const nodeId = (await client.nodes.list()).items[0]?.id as string;
  const sizes = { allocatedMemoryMb: 128, allocatedCpuCores: 1, allocatedDiskMb: 256 };
  const body = { name: 'Archives', templateId: 'scripted', nodeId, runtime: 'process' as const, ...sizes };
  params = { id: (await client.servers.create({ body })).id };
  folder = join(product.dataDir, 'agent', 'servers', params.id);
  await until('the server is installed', async () => {
    const { operation } = await client.servers.get({ params });
    return operation?.status === 'succeeded';
  });
  makeWorld(join(folder, 'world'));
}, 60_000);
afterAll(async () => {
  rmSync(home, { recursive: true, force: true });
  await product?.[Symbol.asyncDispose]();
});

/** Small files, a large one, an empty one, a folder of nothing, a link, and names that need care. */
function makeWorld(world: string): void {
  mkdirSync(join(world, 'region', 'deep'), { recursive: true });
  mkdirSync(join(world, 'empty folder'));
  for (let file = 0; file < 300; file += 1) {
    writeFileSync(join(world, 'region', `r.${file}.mca`), `${file} `.repeat(file * 10));
  }
  writeFileSync(join(world, 'level.dat'), Buffer.alloc(3_000_001, 'level'));
  writeFileSync(join(world, 'region', 'deep', 'none'), '');
  writeFileSync(join(world, 'ä ☃.txt'), 'snow');
  writeFileSync(join(world, 'x'.repeat(180)), 'long', { mode: 0o600 });
  symlinkSync('region/r.1.mca', join(world, 'link'));
  utimesSync(join(world, 'level.dat'), 1_000_000_000, 1_000_000_000);
  const { uid, gid } = statSync(folder);
  execFileSync('chown', ['-Rh', `${uid}:${gid}`, world]);
}

const headers = () => ({ authorization: `Bearer ${client.token}` });

async function ended({ id: taskId }: { id: string }) {
  const onTask = { params: { ...params, taskId } };
  let task = await client.archives.task(onTask);
  await until('the task has ended', async () => {
    task = await client.archives.task(onTask);
    return !['waiting', 'running'].includes(task.status);
  });
  return task;
}

/** Place, type, mode, owner and size of all that is in a folder, where links lead, and the times of files. */
function describeTree(root: string): string {
  const files = ['-type', 'f', '-printf', '%P %m %U %s %Ts\\n'];
  const others = ['-not', '-type', 'f', '-printf', '%P %y %m %U %l\\n'];
  return [files, others]
    .map((wanted) => execFileSync('find', [root, '-mindepth', '1', ...wanted]).toString())
    .flatMap((lines) => lines.split('\n').sort())
    .join('\n');
}

function expectSame(one: string, other: string): void {
  execFileSync('diff', ['-r', '--no-dereference', one, other]);
  expect(describeTree(one)).toBe(describeTree(other));
}

it.each(['tar', 'tar.gz', 'tar.zst', 'zip'] as const)(
  'packs into %s what unpacks to the same',
  async (format) => {
    const archive = `world.${format}`;
    const packed = await ended(
      await client.archives.compress({ params, body: { paths: ['world'], to: archive } }),
    );
    expect(packed).toMatchObject({ status: 'succeeded', error: null, skippedCount: 0 });
    const { items } = await client.archives.list({ params, query: { path: archive, limit: 1000 } });
    expect(items.map(({ path }) => path.replace(/\/$/, ''))).toEqual(
      expect.arrayContaining([
        'world/level.dat',
        'world/ä ☃.txt',
        'world/empty folder',
        'world/region/deep/none',
      ]),
    );
    const to = `from ${format}`;
    const body = { path: archive, to };
    expect(await ended(await client.archives.decompress({ params, body }))).toMatchObject({
      status: 'succeeded',
    });
    expectSame(join(folder, 'world'), join(folder, to, 'world'));
    await client.files.delete({ params, body: { paths: [archive, to] } });
  },
);

it.each([
  ['tar.zst', ['tar', '--zstd', '-xf']],
  ['zip', ['unzip', '-q']],
] as const)(
  'sends a folder as %s, which the tools of the machine unpack',
  async (format, [command, ...flags]) => {
    const url = callUrl(fileRoutes.download, { params, query: { path: 'world', format } });
    const answer = await fetch((await product.url()) + url, { headers: headers() });
    expect(answer.status).toBe(200);
    const archive = join(home, `world.${format}`);
    writeFileSync(archive, await answer.bytes());
    const to = join(home, format);
    mkdirSync(to);
    execFileSync(command, [...flags, archive], { cwd: to });
    const top = readdirSync(to);
    execFileSync('diff', [
      '-r',
      '--no-dereference',
      join(folder, 'world'),
      top[0] === 'world' ? join(to, 'world') : to,
    ]);
  },
);

it('sends some of a folder together', async () => {
  const url = (await product.url()) + callUrl(archiveRoutes.download, { params });
  const body = JSON.stringify({ paths: ['world/level.dat', 'world/region'], format: 'tar.gz' });
  const answer = await fetch(url, {
    ...{ method: 'POST', headers: { ...headers(), 'content-type': 'application/json' }, body },
  });
  writeFileSync(join(home, 'some.tar.gz'), await answer.bytes());
  mkdirSync(join(home, 'some'));
  execFileSync('tar', ['-xzf', join(home, 'some.tar.gz')], { cwd: join(home, 'some') });
  expect(readdirSync(join(home, 'some')).sort()).toEqual(['level.dat', 'region']);
  execFileSync('diff', ['-r', join(folder, 'world', 'region'), join(home, 'some', 'region')]);
});

it('refuses what leads out of the folder, and keeps nothing of it', async () => {
  writeFileSync(join(home, 'good'), 'good');
  writeFileSync(join(home, 'evil'), 'evil');
  const tar = join(home, 'evil.tar.gz');
  execFileSync('tar', ['-czPf', tar, '--transform', 's,^evil$,../../evil,', 'good', 'evil'], { cwd: home });
  const upload = callUrl(fileRoutes.upload, { params, query: { path: 'evil.tar.gz' } });
  const body = readFileSync(tar);
  await fetch((await product.url()) + upload, { method: 'POST', headers: headers(), body });
  const before = readdirSync(folder).sort();
  const task = await ended(
    await client.archives.decompress({ params, body: { path: 'evil.tar.gz', to: 'new/place' } }),
  );
  expect(task).toMatchObject({ status: 'failed', error: { code: 'invalid_input' } });
  expect(task.error?.message).toContain('evil');
  expect(readdirSync(folder).sort()).toEqual(before);
  expect(readdirSync(join(product.dataDir, 'agent'))).not.toContain('evil');
});

it('keeps nothing of what is stopped', async () => {
  // Takes no place on the disk, and longer to pack than this test waits.
  writeFileSync(join(folder, 'huge'), '');
  truncateSync(join(folder, 'huge'), 64 * 1024 ** 3);
  const before = readdirSync(folder).sort();
  const { id: taskId } = await client.archives.compress({ params, body: { paths: ['huge'] } });
  const onTask = { params: { ...params, taskId } };
  await until('some of it is packed', async () => (await client.archives.task(onTask)).doneBytes > 0);
  await client.archives.cancel(onTask);
  expect(await ended({ id: taskId })).toMatchObject({ status: 'cancelled' });
  expect(readdirSync(folder).sort()).toEqual(before);
});
