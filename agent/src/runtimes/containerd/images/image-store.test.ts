import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { zstdCompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Containerd, startContainerd } from '../../../../../e2e/services/containerd.ts';
import { pushImage } from '../../../../../e2e/services/image-transport.ts';
import { buildIndex, hostPlatform, type OciImage, sha256 } from '../../../../../e2e/services/oci-image.ts';
import { startRegistry } from '../../../../../e2e/services/registry.ts';
import { tar } from '../../../../../e2e/services/tar.ts';
import type { Progress } from '../../runtime.ts';
import { containersApi } from '../api/containers.ts';
import { contentApi } from '../api/content.ts';
import { imagesApi } from '../api/images.ts';
import { snapshotsApi } from '../api/snapshots.ts';
import { ContainerdClient } from '../containerd-client.ts';
import type { ImageStore } from './image-store.ts';
import { StubRegistry } from './registry/stub-registry.ts';
import {
  collectGarbage,
  countAll,
  fileImage,
  nothing,
  openStore,
  snapshotter,
  stubImage,
} from './store-suite.ts';

const containerd = await startContainerd({ programs: process.env.CATALYST_TEST_CONTAINERD });
const failure = (code: string, sentence: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(sentence) });

describe.skipIf(!containerd)('the images of containerd', () => {
  const { socketPath } = containerd as Containerd;
  let count = 0;
  let namespace: string;
  let client: ContainerdClient;
  let images: ImageStore;
  let stub: StubRegistry;
  beforeEach(async () => {
    namespace = `tests-${++count}`;
    client = new ContainerdClient({ socketPath, namespace });
    images = openStore(client);
    stub = await StubRegistry.start();
  });
  afterEach(async () => {
    images.close();
    // Namespaces share content: what stays would spare the next test its download.
    for (const { reference } of await images.list()) await client.call(imagesApi.delete, { name: reference });
    await collectGarbage(client);
    client.close();
    await stub[Symbol.asyncDispose]();
  });
  afterAll(() => containerd?.stop());

  const ctr = (...args: string[]) =>
    execFileSync('ctr', ['--address', socketPath, '--namespace', namespace, ...args], { encoding: 'utf8' });
  const isDownload = ({ path }: { path: string }) => path.includes('/blobs/');

  it('are pulled whole, and nothing of them is garbage', async () => {
    const image = fileImage([300_000, 2_500_000, 10], {
      config: { Env: ['A=b'], Cmd: ['/file'], User: '7' },
    });
    const reference = stubImage(stub, image, 'game');
    const seen: Progress[] = [];
    const ready = await images.ensure(reference, { onProgress: (progress) => seen.push(progress) });
    expect(ready).toMatchObject({ reference, digest: image.root.digest });
    expect(ready.config).toMatchObject({
      env: ['A=b'],
      command: ['/file'],
      user: '7',
      workingDirectory: '/',
    });
    expect(await images.find(reference)).toEqual(ready);

    const full = await countAll(client);
    expect(full).toEqual({ images: 1, leases: 0, ingests: 0, contents: 5, snapshots: 3 });
    await collectGarbage(client);
    expect(await countAll(client)).toEqual(full);
    expect(ctr('images', 'check')).toMatch(/complete \(4\/4\).*true/);

    const packedBytes = [...image.blobs.values()].reduce((sum, { length }) => sum + length, 0);
    const [listed] = await images.list();
    expect(listed).toMatchObject({ reference, packedBytes, usedBy: [], isComplete: true });
    expect(listed?.unpackedBytes).toBeGreaterThan(2_800_010);

    const steps = [...new Set(seen.map(({ text }) => text.split(' ')[0]))];
    expect(steps).toEqual(['Asking', 'Downloading', 'Unpacking']);
    for (const step of steps) {
      const done = seen.filter(({ text }) => text.startsWith(`${step}`)).map(({ doneBytes }) => doneBytes);
      expect(done).toEqual([...done].sort((a, b) => a - b));
    }
    expect(seen.at(-1)?.doneBytes).toBe(seen.at(-1)?.totalBytes);
  });

  it('come from an index for this machine, by tag and by digest', async () => {
    const own = fileImage([1000]);
    const foreign = fileImage([2000], { platform: { os: 'linux', architecture: 'mips' } });
    const index = buildIndex([foreign, own]);
    const reference = stubImage(stub, index, 'game');
    const byTag = await images.ensure(reference);
    expect(byTag.digest).toBe(index.root.digest);
    const byDigest = await images.ensure(`${stub.host}/game@${index.root.digest}`);
    expect(byDigest.chainId).toBe(byTag.chainId);
    await collectGarbage(client);
    expect(ctr('images', 'check')).toMatch(/complete \(2\/2\)/);
    const onlyForeign = stubImage(stub, buildIndex([foreign]), 'foreign');
    await expect(images.ensure(onlyForeign)).rejects.toEqual(failure('invalid_input', /linux\/mips/));
    const single = stubImage(stub, foreign, 'single');
    await expect(images.ensure(single)).rejects.toEqual(failure('invalid_input', /linux\/mips/));
  });

  it('have layers packed by gzip, by zstd or not at all, and may have one twice', async () => {
    const { reference, files } = mixedImage(stub);
    await images.ensure(reference);
    const parent = (await images.find(reference))?.chainId;
    // Nothing refers to it: without this label it would be garbage.
    const labels = { 'containerd.io/gc.root': 'tests' };
    const { mounts } = await client.call(snapshotsApi.view, { snapshotter, key: 'look', parent, labels });
    const lower = mounts[0]?.options.find((option) => option.startsWith('lowerdir='))?.slice(9) ?? '';
    const found = lower
      .split(':')
      .flatMap((folder) => execFileSync('ls', [folder], { encoding: 'utf8' }).split('\n'));
    expect(found).toEqual(expect.arrayContaining(files));
    await client.call(snapshotsApi.remove, { snapshotter, key: 'look' });
  });

  it('that are here need no registry', async () => {
    const reference = stubImage(stub, fileImage([1000]), 'game');
    const ready = await images.ensure(reference);
    stub.requests.length = 0;
    expect(await images.ensure(reference)).toEqual(ready);
    expect(await openStore(client).ensure(reference)).toEqual(ready);
    expect(stub.requests).toEqual([]);
    expect(await images.find('never/heard')).toBeNull();
  });

  it('that lost their unpacked files get them again without a registry', async () => {
    const reference = stubImage(stub, fileImage([1000, 2000]), 'game');
    const { chainId } = await images.ensure(reference);
    await client.call(snapshotsApi.remove, { snapshotter, key: chainId });
    stub.requests.length = 0;
    expect(await images.find(reference)).toBeNull();
    expect((await images.list())[0]?.isComplete).toBe(false);
    await images.ensure(reference);
    expect(stub.requests).toEqual([]);
    expect((await images.list())[0]?.isComplete).toBe(true);
  });

  it('are asked for anew when told to, and only what changed is downloaded', async () => {
    const reference = stubImage(stub, fileImage([1000]), 'game');
    const old = await images.ensure(reference);
    stubImage(stub, fileImage([1000, 2000]), 'game');
    expect(await images.ensure(reference)).toEqual(old);
    stub.requests.length = 0;
    const renewed = await images.ensure(reference, { refresh: true });
    expect(renewed.digest).not.toBe(old.digest);
    expect(stub.requests.filter(isDownload)).toHaveLength(2);
    await collectGarbage(client);
    expect(await countAll(client)).toMatchObject({ images: 1, contents: 4, snapshots: 2 });
    expect(await images.find(reference)).toEqual(renewed);
  });

  it('wanted by several at once are downloaded once, and all see how far it is', async () => {
    const { reference, release } = heldBack(stub, fileImage([1000, 3_000_000]));
    const seen: Progress[][] = [[], [], []];
    const pulls = seen.map((list) =>
      images.ensure(reference, { onProgress: (progress) => list.push(progress) }),
    );
    await vi.waitFor(() => expect(seen.map((list) => list.length > 1)).toEqual([true, true, true]));
    release();
    const [first, ...others] = await Promise.all(pulls);
    for (const other of others) expect(other).toEqual(first);
    expect(stub.requests.filter(isDownload)).toHaveLength(3);
    for (const list of seen) expect(list.at(-1)).toMatchObject({ doneBytes: list.at(-1)?.totalBytes });
  });

  it('go on being fetched when one of several gives up', async () => {
    const { reference, release } = heldBack(stub, fileImage([3_000_000]));
    const cancel = new AbortController();
    const stays = images.ensure(reference);
    const leaves = images.ensure(reference, { signal: cancel.signal });
    await vi.waitFor(() => expect(stub.requests.filter(isDownload)).toHaveLength(2));
    cancel.abort(new Error('changed my mind'));
    await expect(leaves).rejects.toThrow('changed my mind');
    release();
    await stays;
    expect(stub.requests.filter(isDownload)).toHaveLength(2);
  });

  it('leave nothing behind when the last gives up, and can be fetched again at once', async () => {
    const image = fileImage([1000, 3_000_000]);
    const { reference, release } = heldBack(stub, image);
    const cancel = new AbortController();
    const pull = images.ensure(reference, { signal: cancel.signal });
    await vi.waitFor(async () => expect((await countAll(client)).ingests).toBe(1));
    cancel.abort(new Error('changed my mind'));
    await expect(pull).rejects.toThrow('changed my mind');
    expect(await countAll(client)).toEqual(nothing);
    release();
    await images.ensure(reference);
  });

  it('sharing a layer do not disturb each other', async () => {
    const small = fileImage([2_000_000, 1000]);
    const large = fileImage([2_000_000, 3000]);
    const { reference, release } = heldBack(stub, small);
    const other = stubImage(stub, large, 'other');
    const cancel = new AbortController();
    const cancelled = images.ensure(reference, { signal: cancel.signal });
    await vi.waitFor(async () => expect((await countAll(client)).ingests).toBe(1));
    const kept = images.ensure(other);
    await vi.waitFor(() =>
      expect(stub.requests.map(({ path }) => path)).toContain('/v2/other/manifests/latest'),
    );
    cancel.abort();
    await expect(cancelled).rejects.toThrow();
    release();
    await kept;
    expect(await countAll(client)).toMatchObject({ images: 1, leases: 0, ingests: 0, snapshots: 2 });
  });

  describe('that cannot be had', () => {
    const spoil = (image: OciImage, change: (bytes: Buffer) => Buffer) => {
      const reference = stubImage(stub, image, 'game');
      const layer = largest(image);
      stub.put(`game/blobs/${layer}`, change(Buffer.from(image.blobs.get(layer) ?? [])));
      return reference;
    };

    it('because a layer is not what its digest promises', async () => {
      const reference = spoil(fileImage([100_000, 10]), (bytes) => bytes.fill(7, 1000, 2000));
      await expect(images.ensure(reference)).rejects.toEqual(failure('unavailable', /digest promises/));
      expect(await countAll(client)).toEqual(nothing);
    });

    it('because the configuration is not what its digest promises', async () => {
      const image = fileImage([1000]);
      const reference = stubImage(stub, image, 'game');
      const { config } = JSON.parse(String(image.blobs.get(image.root.digest)));
      stub.put(`game/blobs/${config.digest}`, Buffer.alloc(config.size, ' '));
      await expect(images.ensure(reference)).rejects.toEqual(failure('unavailable', /digest promises/));
      expect(await countAll(client)).toEqual(nothing);
    });

    it('because a layer holds something else than the configuration says', async () => {
      const [one, two] = [fileImage([1000]), fileImage([2000])];
      const manifest = JSON.parse(String(one.blobs.get(one.root.digest)));
      manifest.layers = JSON.parse(String(two.blobs.get(two.root.digest))).layers;
      const reference = stubImage(
        stub,
        { root: one.root, blobs: new Map([...one.blobs, ...two.blobs]) },
        'game',
      );
      stub.putManifest('game', 'latest', manifest);
      await expect(images.ensure(reference)).rejects.toEqual(
        failure('unavailable', /something else than the image says/),
      );
      expect(await countAll(client)).toEqual(nothing);
    });

    it('because a layer is no archive', async () => {
      const image = fileImage([1000]);
      const manifest = JSON.parse(String(image.blobs.get(image.root.digest)));
      const reference = stubImage(stub, image, 'game');
      manifest.layers = [stub.putBlob('game', 'not packed at all', manifest.layers[0].mediaType)];
      stub.putManifest('game', 'latest', manifest);
      await expect(images.ensure(reference)).rejects.toEqual(
        failure('unavailable', /containerd could not keep/),
      );
      expect(await countAll(client)).toEqual(nothing);
    });

    it('because the registry stops sending', async () => {
      const { reference } = heldBack(stub, fileImage([3_000_000]));
      await expect(images.ensure(reference)).rejects.toEqual(failure('unavailable', /stopped sending/));
      const left = await countAll(client);
      // For the next attempt; containerd throws it away after a day.
      expect(left).toEqual({ ...nothing, ingests: 1 });
    });

    it('because containerd is away', async () => {
      const gone = openStore(new ContainerdClient({ socketPath: '/nowhere/containerd.sock', namespace }));
      const reference = stubImage(stub, fileImage([1000]), 'game');
      await expect(gone.ensure(reference)).rejects.toEqual(
        failure('unavailable', /containerd is not running/),
      );
    });
  });

  it('are continued where an earlier attempt broke off', async () => {
    const image = fileImage([3_000_000]);
    const { reference, release } = heldBack(stub, image);
    await expect(images.ensure(reference)).rejects.toThrow(/stopped sending/);
    await collectGarbage(client);
    stub.requests.length = 0;
    release();
    await images.ensure(reference);
    const [, layer] = stub.requests.filter(isDownload);
    expect(Number(/\d+/.exec(layer?.range ?? '')?.[0])).toBeGreaterThan(1_000_000);
    expect(ctr('images', 'check')).toMatch(/complete/);
  });

  it('are continued after the agent was killed, which leaves nothing held', async () => {
    const { reference, release } = heldBack(stub, fileImage([3_000_000]));
    const program = fileURLToPath(new URL('suite-pull-process.ts', import.meta.url));
    const agent = spawn(process.execPath, [program, socketPath, namespace, reference], { stdio: 'inherit' });
    try {
      await vi.waitFor(async () => {
        const { statuses } = await client.call(contentApi.listStatuses, {});
        expect(statuses[0]?.offset).toBeGreaterThan(1_000_000);
      }, 15_000);
      expect((await countAll(client)).leases).toBe(1);
    } finally {
      agent.kill('SIGKILL');
    }
    await once(agent, 'exit');
    await images.recover();
    expect(await countAll(client)).toEqual({ ...nothing, ingests: 1 });
    stub.requests.length = 0;
    release();
    await images.ensure(reference);
    const ranges = stub.requests.filter(isDownload).flatMap(({ range }) => range ?? []);
    expect(ranges).toEqual([expect.stringMatching(/^bytes=1\d{6}-$/)]);
    expect(await countAll(client)).toMatchObject({ leases: 0, ingests: 0, images: 1 });
    expect(ctr('images', 'check')).toMatch(/complete/);
  });

  it('are fetched from the start when what was left there is wrong', async () => {
    const image = fileImage([3_000_000]);
    const { reference, release } = heldBack(stub, image, (bytes) => Buffer.alloc(bytes.length, 'wrong'));
    await expect(images.ensure(reference)).rejects.toThrow(/stopped sending/);
    release();
    await images.ensure(reference);
    expect(ctr('images', 'check')).toMatch(/complete/);
  });

  describe('in a registry that wants credentials', () => {
    it('come with the right ones only', async (context) => {
      const registry = await startRegistry({ requiresLogin: true });
      if (!registry?.login) return context.skip('there is no docker-registry');
      try {
        const reference = await pushImage(fileImage([1000]), registry, 'game');
        const { host, login } = registry;
        const registries = (own = login, at = host) => [{ host: at, plainHttp: true, login: own }];
        await expect(images.ensure(reference)).rejects.toEqual(failure('invalid_input', /wants credentials/));
        const wrong = images.ensure(reference, { registries: registries({ ...login, password: 'wrong' }) });
        await expect(wrong).rejects.toEqual(failure('invalid_input', /refuses these credentials/));
        const elsewhere = images.ensure(reference, { registries: registries(login, 'docker.io') });
        await expect(elsewhere).rejects.toEqual(failure('invalid_input', /wants credentials/));
        expect(await countAll(client)).toEqual(nothing);
        await images.ensure(reference, { registries: registries() });
      } finally {
        await registry.stop();
      }
    });
  });

  describe('that nobody needs', () => {
    const prune = (unusedForDays: number, wanted: string[] = []) =>
      images.prune({ unusedForDays, isWanted: (reference) => wanted.includes(reference) });
    const use = (image: string) =>
      client.call(containersApi.create, {
        container: {
          id: 'game',
          image,
          runtime: { name: 'io.containerd.runc.v2' },
          spec: { typeUrl: 'x', value: Buffer.from('{}') },
        },
      });

    it('are removed, with what only they need', async () => {
      const one = stubImage(stub, fileImage([500_000, 1000]), 'one');
      const two = stubImage(stub, fileImage([500_000, 2_000_000]), 'two');
      await images.ensure(one);
      await images.ensure(two);
      const before = await images.list();
      expect(await prune(7)).toEqual({ removed: [], freedBytes: 0 });
      expect(await prune(0, [one])).toMatchObject({ removed: [two] });
      const [{ packedBytes, unpackedBytes } = { packedBytes: 0, unpackedBytes: 0 }] = before.filter(
        ({ reference }) => reference === two,
      );
      expect(await images.list()).toMatchObject([{ reference: one, isComplete: true }]);
      expect(await countAll(client)).toMatchObject({ contents: 4, snapshots: 2 });
      const rest = await prune(0);
      expect(rest).toMatchObject({ removed: [one] });
      expect(rest.freedBytes).toBeLessThan(packedBytes + unpackedBytes);
      expect(await countAll(client)).toEqual(nothing);
    });

    it('stay while a container is made of them, or they are being fetched', async () => {
      const { reference: fetched, release } = heldBack(stub, fileImage([3_000_000]));
      const used = stubImage(stub, fileImage([1000]), 'used');
      await images.ensure(used);
      await use(used);
      const fetching = images.ensure(fetched);
      await vi.waitFor(async () => expect((await countAll(client)).ingests).toBe(1));
      expect(await prune(0)).toEqual({ removed: [], freedBytes: 0 });
      await expect(images.remove(used)).rejects.toEqual(failure('conflict', /in use/));
      expect((await images.list())[0]?.usedBy).toEqual(['game']);
      release();
      await fetching;
      await client.call(containersApi.delete, { id: 'game' });
      expect(await images.remove(used)).toEqual({ freedBytes: expect.any(Number) });
      await expect(images.remove(used)).rejects.toEqual(failure('not_found', /no image/));
      expect((await images.list()).map(({ reference }) => reference)).toEqual([fetched]);
    });

    it('count as used when somebody asks for them', async () => {
      const reference = stubImage(stub, fileImage([1000]), 'game');
      await images.ensure(reference);
      const labels = { 'catalyst/last-used': '2020-01-01T00:00:00Z' };
      const updateMask = { paths: ['labels.catalyst/last-used'] };
      const { image } = await client.call(imagesApi.get, { name: reference });
      await client.call(imagesApi.update, { image: { ...image, labels }, updateMask });
      expect((await images.list())[0]?.lastUsedAt.getUTCFullYear()).toBe(2020);
      await images.ensure(reference);
      expect((await images.list())[0]?.lastUsedAt.getTime()).toBeGreaterThan(Date.now() - 60_000);
      expect(await prune(1)).toEqual({ removed: [], freedBytes: 0 });
    });
  });
});

/** An image whose largest layer stops half-way until it is released; then all is served as usual. */
function heldBack(stub: StubRegistry, image: OciImage, change = (bytes: Buffer) => bytes) {
  const reference = stubImage(stub, image, 'held');
  const digest = largest(image);
  const bytes = image.blobs.get(digest) ?? Buffer.alloc(0);
  const half = change(bytes.subarray(0, bytes.length / 2));
  let isReleased = false;
  const waiting: (() => void)[] = [];
  stub.on(new RegExp(digest), (request, response) => {
    if (isReleased || request.headers.range) {
      if (isReleased) stub.serve(request, response);
      return;
    }
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(half);
    waiting.push(() => response.end(bytes.subarray(half.length)));
  });
  const release = () => {
    isReleased = true;
    for (const finish of waiting.splice(0)) finish();
  };
  return { reference, release };
}

function largest({ blobs }: OciImage): string {
  const [digest] = [...blobs].sort(([, a], [, b]) => b.length - a.length)[0] ?? [''];
  return digest;
}

function mixedImage(stub: StubRegistry) {
  const files = ['plain', 'zstd', 'again'];
  const archives = files.map((name) => tar([{ name, type: 'file', content: Buffer.from(name) }]));
  const [plain = Buffer.alloc(0), zstd = Buffer.alloc(0), again = Buffer.alloc(0)] = archives;
  const type = 'application/vnd.oci.image.layer.v1.tar';
  const layers = [
    stub.putBlob('mixed', plain, type),
    stub.putBlob('mixed', zstdCompressSync(zstd), `${type}+zstd`),
    stub.putBlob('mixed', again, type),
    stub.putBlob('mixed', again, type),
  ];
  const config = stub.putBlob(
    'mixed',
    JSON.stringify({
      ...hostPlatform,
      rootfs: { type: 'layers', diff_ids: [...archives, again].map(sha256) },
    }),
    'application/vnd.oci.image.config.v1+json',
  );
  stub.putManifest('mixed', '1', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config,
    layers,
  } as { mediaType: string });
  return { reference: `${stub.host}/mixed:1`, files };
}
