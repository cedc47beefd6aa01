import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, copyFile, mkdir } from 'node:fs/promises';
import { createServer } from 'node:http2';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Containerd, startContainerd } from '../../../../e2e/services/containerd.ts';
import { findProgram } from '../../../../e2e/services/find-program.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { containersApi, runcRuntime, specTypeUrl } from './api/containers.ts';
import { contentApi, WriteAction } from './api/content.ts';
import { diffApi } from './api/diff.ts';
import { eventsApi, readTaskEvent } from './api/events.ts';
import { imagesApi } from './api/images.ts';
import { introspectionApi } from './api/introspection.ts';
import { leasesApi } from './api/leases.ts';
import { namespacesApi } from './api/namespaces.ts';
import { SnapshotKind, snapshotsApi } from './api/snapshots.ts';
import { tasksApi } from './api/tasks.ts';
import { versionApi } from './api/version.ts';
import { jsonAny } from './api/well-known.ts';
import { ContainerdClient } from './containerd-client.ts';
import { toFrame } from './grpc/frames.ts';
import { GrpcCode } from './grpc/grpc-error.ts';

/** A folder with another containerd's programs; the PATH is searched otherwise. */
const programs = process.env.CATALYST_TEST_CONTAINERD;
const containerd = await startContainerd({ programs });
afterAll(() => containerd?.stop());
const busybox = findProgram('busybox') ?? '';

function clientOf({ socketPath }: Pick<Containerd, 'socketPath'>): ContainerdClient {
  const client = new ContainerdClient({ socketPath, namespace: 'catalyst-test' });
  onTestFinished(() => client.close());
  return client;
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error('It did not fail');
    },
    (error) => error,
  );

describe.skipIf(!containerd)(`with containerd ${containerd?.version}`, () => {
  if (!containerd) return;
  let client: ContainerdClient;
  beforeAll(async () => {
    using first = new ContainerdClient({ socketPath: containerd.socketPath, namespace: 'catalyst-test' });
    await first.call(namespacesApi.create, {
      namespace: { name: 'catalyst-test', labels: { made: 'by a test' } },
    });
  });
  beforeEach(() => {
    client = new ContainerdClient({ socketPath: containerd.socketPath, namespace: 'catalyst-test' });
  });
  afterEach(() => client.close());

  /** Puts bytes into its store; gives their descriptor. */
  async function write(data: Uint8Array, labels: Record<string, string> = {}) {
    const digest = `sha256:${createHash('sha256').update(data).digest('hex')}`;
    using call = await client.bidi(contentApi.write, { timeoutMs: 20_000 });
    const ref = `test-${digest}`;
    await call.send({ action: WriteAction.write, ref, total: data.length, expected: digest, data });
    expect(await call.receive()).toMatchObject({ action: WriteAction.write, offset: data.length, digest });
    await call.send({
      action: WriteAction.commit,
      ref,
      total: data.length,
      offset: data.length,
      expected: digest,
      labels,
    });
    expect(await call.receive()).toMatchObject({ action: WriteAction.commit, offset: data.length, digest });
    return { mediaType: 'application/octet-stream', digest, size: data.length };
  }

  /** Events of our namespace, and those of `publishUntil`, which belong to another with some versions. */
  const ours = { filters: ['namespace==catalyst-test', 'topic=="/namespaces/create"'] };

  /** Causes events until they have come: nothing tells when a subscription has begun. */
  async function publishUntil(received: Promise<unknown>): Promise<void> {
    let isReceived = false;
    const name = 'catalyst-test-news';
    const done = received.finally(() => {
      isReceived = true;
    });
    while (!isReceived) {
      await client.call(namespacesApi.create, { namespace: { name } });
      await client.call(namespacesApi.delete, { name });
    }
    await done;
  }

  it('knows its version', async () => {
    expect(await client.version()).toMatch(/^v?[12]\.\d+\.\d+/);
    expect(containerd.version.replace(/^v/, '')).toContain((await client.version()).replace(/^v/, ''));
  });

  it('lists namespaces with their labels, and its plugins with what is wrong with them', async () => {
    const { namespaces } = await client.call(namespacesApi.list, {});
    expect(namespaces).toContainEqual({ name: 'catalyst-test', labels: { made: 'by a test' } });
    const { plugins } = await client.call(introspectionApi.plugins, {
      filters: ['type==io.containerd.snapshotter.v1'],
    });
    expect(plugins).toContainEqual(expect.objectContaining({ id: 'native', initError: undefined }));
    expect(plugins.some(({ initError }) => initError && initError.message !== '')).toBe(true);
  });

  it('answers what is not there with its own code and text', async () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    expect(await failure(client.call(imagesApi.get, { name: 'none' }))).toMatchObject({
      code: GrpcCode.notFound,
      message: expect.stringContaining('none'),
    });
    expect(await failure(client.call(contentApi.info, { digest }))).toMatchObject({
      code: GrpcCode.notFound,
    });
    const content = await client.stream(contentApi.read, { digest });
    expect(await failure(content.receive())).toMatchObject({ code: GrpcCode.notFound });
    expect(await failure(client.call(tasksApi.get, { containerId: 'none' }))).toMatchObject({
      code: GrpcCode.notFound,
    });
    expect(await failure(client.call(diffApi.apply, { diff: { digest } }))).toMatchObject({
      name: 'GrpcError',
    });
  });

  it('keeps content: writes, asks, labels, reads in parts, and finds it there already', async () => {
    const data = randomBytes(3_000_000);
    const { digest } = await write(data, { 'containerd.io/gc.root': 'now', kind: 'first' });
    const { info } = await client.call(contentApi.info, { digest });
    expect(info).toMatchObject({ digest, size: data.length, labels: { kind: 'first' } });
    expect(Math.abs(Date.now() - (info?.createdAt?.getTime() ?? 0))).toBeLessThan(60_000);
    await client.call(contentApi.update, {
      info: { digest, labels: { kind: 'second' } },
      updateMask: { paths: ['labels.kind'] },
    });
    expect((await client.call(contentApi.info, { digest })).info?.labels.kind).toBe('second');

    const parts: Uint8Array[] = [];
    for await (const part of await client.stream(contentApi.read, { digest, offset: 1_000_000 })) {
      parts.push(part.data);
    }
    expect(Buffer.concat(parts).equals(data.subarray(1_000_000))).toBe(true);
    expect(await failure(write(data))).toMatchObject({ code: GrpcCode.alreadyExists });

    const listed: string[] = [];
    for await (const { info } of await client.stream(contentApi.list, {})) {
      listed.push(...info.map((item) => item.digest));
    }
    expect(listed).toContain(digest);
    await client.call(contentApi.delete, { digest });
    expect(await failure(client.call(contentApi.info, { digest }))).toMatchObject({
      code: GrpcCode.notFound,
    });
  });

  it('refuses content of another digest, and remembers how far an unfinished one came', async () => {
    const expected = `sha256:${'1'.repeat(64)}`;
    using call = await client.bidi(contentApi.write);
    await call.send({ action: WriteAction.write, ref: 'half', total: 20, data: Buffer.from('0123456789') });
    await call.receive();
    expect((await client.call(contentApi.status, { ref: 'half' })).status).toMatchObject({
      offset: 10,
      total: 20,
    });
    await call.send({ action: WriteAction.commit, ref: 'half', total: 10, offset: 10, expected });
    expect(await failure(call.receive())).toMatchObject({ name: 'GrpcError' });
    await client.call(contentApi.abort, { ref: 'half' });
    expect(await failure(client.call(contentApi.status, { ref: 'half' }))).toMatchObject({
      code: GrpcCode.notFound,
    });
  });

  it('what is made under a lease belongs to it', async () => {
    const { lease } = await client.call(leasesApi.create, { id: 'one', labels: { mine: 'yes' } });
    expect(lease).toMatchObject({ id: 'one', labels: { mine: 'yes' } });
    const lent = { lease: 'one' };
    await client.call(snapshotsApi.prepare, { snapshotter: 'native', key: 'leased' }, lent);
    const { resources } = await client.call(leasesApi.listResources, { id: 'one' });
    expect(resources).toEqual([{ id: 'leased', type: 'snapshots/native' }]);
    expect((await client.call(leasesApi.list, {})).leases.map(({ id }) => id)).toEqual(['one']);
    await client.call(leasesApi.delete, { id: 'one', sync: true });
    const gone = client.call(snapshotsApi.stat, { snapshotter: 'native', key: 'leased' });
    expect(await failure(gone)).toMatchObject({ code: GrpcCode.notFound });
  });

  it('keeps images and changes only what is meant', async () => {
    const target = await write(randomBytes(100));
    const image = { name: 'example.invalid/a:1', labels: { a: '1', b: '2' }, target };
    await client.call(imagesApi.create, { image });
    expect(await failure(client.call(imagesApi.create, { image }))).toMatchObject({
      code: GrpcCode.alreadyExists,
    });
    const other = await write(randomBytes(100));
    await client.call(imagesApi.update, {
      image: { name: image.name, target: other },
      updateMask: { paths: ['target'] },
    });
    expect((await client.call(imagesApi.get, { name: image.name })).image).toMatchObject({
      labels: image.labels,
      target: other,
    });
    expect((await client.call(imagesApi.list, {})).images).toHaveLength(1);
    await client.call(imagesApi.delete, { name: image.name, sync: true });
    expect(await failure(client.call(contentApi.info, { digest: other.digest }))).toMatchObject({
      code: GrpcCode.notFound,
    });
  });

  it('prepares, commits and removes snapshots', async () => {
    const snapshotter = 'native';
    const labels = { 'containerd.io/gc.root': 'now' };
    const { mounts } = await client.call(snapshotsApi.prepare, { snapshotter, key: 'working', labels });
    expect(mounts).toEqual([
      {
        type: 'bind',
        source: expect.stringContaining(containerd.folder),
        target: '',
        options: expect.arrayContaining(['rw', 'rbind']),
      },
    ]);
    expect((await client.call(snapshotsApi.mounts, { snapshotter, key: 'working' })).mounts).toEqual(mounts);
    await client.call(snapshotsApi.commit, { snapshotter, name: 'done', key: 'working', labels });
    expect((await client.call(snapshotsApi.stat, { snapshotter, key: 'done' })).info).toMatchObject({
      name: 'done',
      parent: '',
      kind: SnapshotKind.committed,
      labels,
    });
    expect((await client.call(snapshotsApi.usage, { snapshotter, key: 'done' })).inodes).toBeGreaterThan(0);
    const names: string[] = [];
    for await (const { info } of await client.stream(snapshotsApi.list, { snapshotter })) {
      names.push(...info.map(({ name }) => name));
    }
    expect(names).toEqual(['done']);
    await client.call(snapshotsApi.remove, { snapshotter, key: 'done' });
  });

  it('keeps records of containers, with their spec as it was given', async () => {
    const spec = { ociVersion: '1.0.2', process: { args: ['grüße'] } };
    await client.call(containersApi.create, {
      container: {
        id: 'record',
        labels: { server: 'x' },
        runtime: { name: runcRuntime },
        spec: jsonAny(specTypeUrl, spec),
        snapshotter: 'native',
        snapshotKey: 'record',
      },
    });
    const { container } = await client.call(containersApi.get, { id: 'record' });
    expect(JSON.parse(Buffer.from(container?.spec?.value ?? '').toString())).toEqual(spec);
    expect(container).toMatchObject({
      labels: { server: 'x' },
      snapshotKey: 'record',
      runtime: { name: runcRuntime },
    });
    const { containers } = await client.call(containersApi.list, { filters: ['labels.server==x'] });
    expect(containers.map(({ id }) => id)).toEqual(['record']);
    await client.call(containersApi.delete, { id: 'record' });
  });

  it.skipIf(!busybox)(
    'runs a task (where there is busybox): tells events, waits, signals, and says how it ended',
    async () => {
      const id = 'sleeper';
      const rootfs = temporaryFolder();
      await mkdir(join(rootfs, 'bin'));
      await mkdir(join(rootfs, 'proc'));
      await copyFile(busybox, join(rootfs, 'bin/sleep'));
      await client.call(containersApi.create, {
        container: { id, runtime: { name: runcRuntime }, spec: jsonAny(specTypeUrl, specOfSleeper(rootfs)) },
      });
      using events = await client.stream(eventsApi.subscribe, ours, { timeoutMs: 20_000 });
      await publishUntil(events.receive());
      const { pid } = await client.call(tasksApi.create, { containerId: id });
      const waiting = client.call(tasksApi.wait, { containerId: id }, { timeoutMs: null });
      await client.call(tasksApi.start, { containerId: id });
      expect((await client.call(tasksApi.get, { containerId: id })).process).toMatchObject({
        id,
        pid,
        status: 2,
      });
      expect((await client.call(tasksApi.list, {})).tasks.map((task) => task.id)).toEqual([id]);
      await client.call(tasksApi.kill, { containerId: id, signal: 9, all: true });
      expect(await waiting).toMatchObject({ exitStatus: 137 });
      expect(await client.call(tasksApi.delete, { containerId: id })).toMatchObject({ pid, exitStatus: 137 });
      await client.call(containersApi.delete, { id });
      const seen: unknown[] = [];
      for await (const envelope of events) {
        const event = readTaskEvent(envelope);
        if (event) seen.push([event.topic, event.event.containerId]);
        if (event?.topic === '/tasks/exit') expect(event.event).toMatchObject({ id, pid, exitStatus: 137 });
        if (event?.topic === '/tasks/delete') break;
      }
      // containerd does not promise their order.
      expect(seen).toEqual(
        expect.arrayContaining([
          ['/tasks/create', id],
          ['/tasks/start', id],
          ['/tasks/exit', id],
          ['/tasks/delete', id],
        ]),
      );
    },
  );

  it('lets 300 calls wait at the same time', async () => {
    const subscriptions = await Promise.all(
      Array.from({ length: 300 }, () => client.stream(eventsApi.subscribe, ours)),
    );
    await publishUntil(Promise.all(subscriptions.map((subscription) => subscription.receive())));
    for (const subscription of subscriptions) subscription.cancel();
  });

  it('a call under way is lost when containerd is killed; once it is back the client is too', async () => {
    using subscription = await client.stream(eventsApi.subscribe, {});
    const received = failure(subscription.receive());
    await client.version();
    await containerd.kill();
    expect(await received).toMatchObject({ code: 'unavailable', reason: 'lost' });
    expect(await failure(client.version())).toMatchObject({ code: 'unavailable', reason: 'not_listening' });
    const back = client.whenAvailable(AbortSignal.timeout(30_000));
    await containerd.restart();
    expect(await back).toBe(await client.version());
  });

  it('an orderly restart is survived as well', async () => {
    using subscription = await client.stream(eventsApi.subscribe, {});
    const received = failure(subscription.receive());
    await containerd.restart();
    expect(await received).toMatchObject({ code: 'unavailable' });
    expect((await client.call(namespacesApi.list, {})).namespaces).not.toHaveLength(0);
  });

  it('a containerd that hangs is not waited for', async () => {
    await client.version();
    process.kill(containerd.pid, 'SIGSTOP');
    try {
      // One thread after the other.
      await vi.waitFor(() => expect(new Set(threadStates(containerd.pid))).toEqual(new Set(['T'])));
      const error = await failure(client.call(namespacesApi.list, {}, { timeoutMs: 100 }));
      expect(error).toMatchObject({ code: 'unavailable', reason: 'not_answering' });
      expect(error.message).toContain('does not answer');
    } finally {
      process.kill(containerd.pid, 'SIGCONT');
    }
    expect(await client.version()).toBeTruthy();
  });
});

describe('without a containerd that can be asked', () => {
  it('says that there is no socket', async () => {
    const socketPath = join(temporaryFolder(), 'containerd.sock');
    expect(await failure(clientOf({ socketPath }).version())).toMatchObject({
      code: 'unavailable',
      reason: 'socket_missing',
      message: `containerd is not running: there is no socket at ${socketPath}.`,
    });
  });

  it.skipIf(process.getuid?.() !== 0)(
    'says that the socket may not be used (checked as root only)',
    async () => {
      const { socketPath } = await serveVersion('1.7.24');
      await chmod(socketPath, 0o600);
      process.seteuid?.(65_534);
      try {
        expect(await failure(clientOf({ socketPath }).version())).toMatchObject({
          reason: 'permission_denied',
          message: expect.stringContaining('may not use'),
        });
      } finally {
        process.seteuid?.(0);
      }
      expect(await clientOf({ socketPath }).version()).toBe('1.7.24');
    },
  );

  it.each(['1.5.18', '3.0.0', ''])('refuses version %j with a sentence', async (version) => {
    const client = clientOf(await serveVersion(version));
    const expected = {
      code: 'unavailable',
      reason: 'unsupported_version',
      message: `This machine has containerd ${version}; Catalyst works with 1.6, 1.7 and 2.x. Install one of these.`,
    };
    expect(await failure(client.version())).toMatchObject(expected);
    expect(await failure(client.whenAvailable(AbortSignal.timeout(10_000)))).toMatchObject(expected);
  });

  it('waits for it until it is told to stop', async () => {
    const client = clientOf({ socketPath: join(temporaryFolder(), 'containerd.sock') });
    const abort = new AbortController();
    const waiting = failure(client.whenAvailable(abort.signal));
    const reason = new Error('enough');
    abort.abort(reason);
    expect(await waiting).toBe(reason);
  });
});

/** `T` for each that is stopped. */
function threadStates(pid: number): string[] {
  return readdirSync(`/proc/${pid}/task`).map((thread) => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).charAt(0);
  });
}

/** The least that runc runs: it sleeps. */
function specOfSleeper(rootfs: string): unknown {
  return {
    ociVersion: '1.0.2',
    process: { user: { uid: 0, gid: 0 }, args: ['/bin/sleep', '1000'], cwd: '/', noNewPrivileges: true },
    root: { path: rootfs },
    mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }],
    linux: { namespaces: ['pid', 'mount', 'ipc', 'network', 'uts'].map((type) => ({ type })) },
  };
}

/** Something that answers only which version it is. */
async function serveVersion(version: string): Promise<{ socketPath: string }> {
  const socketPath = join(temporaryFolder(), 'containerd.sock');
  const { response } = versionApi.version;
  const answer = toFrame((response as { encode(value: unknown): Uint8Array }).encode({ version }));
  const server = createServer();
  server.on('stream', (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(answer);
  });
  server.listen(socketPath);
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  return { socketPath };
}
