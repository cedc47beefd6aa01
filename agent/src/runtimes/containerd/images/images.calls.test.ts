import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { AppError } from '@catalyst/shared/contract/errors';
import { type ImagePull, imageAgentCalls } from '@catalyst/shared/features/images-link';
import type { ServerSpec, TrustedRegistry } from '@catalyst/shared/features/server-spec';
import { type ImageCallSubject, imageCallSuite } from '@catalyst/shared/testing/image-call-suite';
import { temporaryFolder } from '@catalyst/shared/testing/temporary-folder';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { startContainerd } from '../../../../../e2e/services/containerd.ts';
import { tar } from '../../../../../e2e/services/tar.ts';
import { DataFolder, prepareDataFolder } from '../../../data-folder.ts';
import { createLogger } from '../../../logger.ts';
import { newId } from '../../../testing/ids.ts';
import { fakeSpec } from '../../../testing/server-specs.ts';
import { imagesApi } from '../api/images.ts';
import { ContainerdClient } from '../containerd-client.ts';
import { imageCallHandlers, type NodeImages } from './images.calls.ts';
import { openNodeImages } from './node-images.ts';
import { StubRegistry } from './registry/stub-registry.ts';
import { collectGarbage, countAll, fileImage, nothing, openStore, stubImage } from './store-suite.ts';

const containerd = await startContainerd();
const log = createLogger('silent', () => {});
const image = fileImage([200_000, 50]);

interface Subject extends ImageCallSubject {
  stub: StubRegistry;
  client: ContainerdClient;
  specs: ServerSpec[];
  folder: DataFolder;
  images: NodeImages;
}

let count = 0;

/** What a whole agent has for its images, asked as over the link: through the schemas of the contract. */
async function openSubject(): Promise<Subject> {
  const client = new ContainerdClient({
    socketPath: containerd?.socketPath ?? '',
    namespace: `calls-${++count}`,
  });
  const stub = await StubRegistry.start();
  const privateStub = await StubRegistry.start('127.0.0.2');
  const store = openStore(client, { allowedNetworks: ['127.0.0.1/32'] });
  const folder = new DataFolder(temporaryFolder());
  await prepareDataFolder(folder);
  const specs: ServerSpec[] = [];
  const images = await openNodeImages(store, folder, () => specs, log);
  const told: ImagePull[] = [];
  images.pulls.listen((pull) => told.push(imageAgentCalls['images:pull'].output.parse({ pull }).pull));
  const offered = new Map<string, Buffer>();
  const handlers = imageCallHandlers({
    images,
    receive: async (ticket) => {
      const bytes = offered.get(ticket);
      if (!bytes) throw new AppError('unavailable', 'The panel does not give the stream (status 404)');
      return Readable.from([bytes], { objectMode: false });
    },
  });
  return {
    call: async (name, input) => {
      const { input: inputSchema, output } = imageAgentCalls[name];
      const answer = await handlers[name](inputSchema.parse(input) as never);
      return output.parse(JSON.parse(JSON.stringify(answer))) as never;
    },
    told,
    reference: stubImage(stub, image, 'game'),
    privateReference: stubImage(privateStub, image, 'game'),
    offer: async (what) => {
      const ticket = newId();
      offered.set(padded(ticket), what === 'archive' ? archiveOf() : Buffer.from('nonsense '.repeat(200)));
      return padded(ticket);
    },
    newId,
    async close() {
      await images.close();
      for (const { reference } of await store.list())
        await client.call(imagesApi.delete, { name: reference });
      await collectGarbage(client);
      expect(await countAll(client)).toEqual(nothing);
      store.close();
      client.close();
      await stub[Symbol.asyncDispose]();
      await privateStub[Symbol.asyncDispose]();
    },
    stub,
    client,
    specs,
    folder,
    images,
  };
}

const padded = (id: string) => id.padEnd(43, 'x');

/** A layout of OCI without a name for its image. */
function archiveOf(): Buffer {
  const { digest, mediaType } = image.root;
  const manifests = [{ mediaType, digest, size: image.blobs.get(digest)?.length ?? 0 }];
  return tar([
    { name: 'oci-layout', type: 'file', content: Buffer.from('{"imageLayoutVersion":"1.0.0"}') },
    {
      name: 'index.json',
      type: 'file',
      content: Buffer.from(JSON.stringify({ schemaVersion: 2, manifests })),
    },
    ...[...image.blobs].map(([blob, content]) => ({
      name: `blobs/sha256/${blob.slice(7)}`,
      type: 'file' as const,
      content,
    })),
  ]);
}

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    (error) => error.code,
  );

describe.skipIf(!containerd)('on containerd (skipped without it)', () => {
  afterAll(() => containerd?.stop());

  imageCallSuite('images of a real agent', openSubject);

  describe('images that servers need', () => {
    it('are told with them, in whatever way a spec writes their names, and stay', async () => {
      await using subject = asyncDisposable(await openSubject());
      const { reference, specs } = subject;
      const pullId = newId();
      await subject.call('images:pull', { pullId, reference });
      await vi.waitFor(() => expect(subject.told.at(-1)?.status).toBe('succeeded'), { timeout: 20_000 });
      const untagged = reference.replace(/:latest$/, '');
      const game = fakeSpec([], { image: untagged });
      const installed = fakeSpec([], { install: { steps: [], image: reference } });
      const broken = fakeSpec([], { image: 'no_name:' as never });
      specs.push(game, installed, broken);
      const { images } = await subject.call('images:list', {});
      expect(images).toMatchObject([{ reference, serverIds: [game.serverId, installed.serverId] }]);
      expect(await code(subject.call('images:remove', { reference: untagged }))).toBe('conflict');
      expect((await subject.call('images:prune', { unusedForDays: 0 })).removed).toEqual([]);
      specs.length = 0;
      expect((await subject.call('images:prune', { unusedForDays: 0 })).removed).toEqual([reference]);
    });

    it('that were imported are known after a restart of the agent', async () => {
      await using subject = asyncDisposable(await openSubject());
      const ticket = await subject.offer('archive');
      await subject.call('images:import', { pullId: newId(), ticket, reference: 'own/game:1' });
      await vi.waitFor(() => expect(subject.told.at(-1)?.status).toBe('succeeded'), { timeout: 20_000 });
      const file = join(subject.folder.path, 'imported-images.json');
      expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(['docker.io/own/game:1']);
      const store = openStore(subject.client);
      const again = await openNodeImages(store, subject.folder, () => [], log);
      expect(await again.keeper.list()).toMatchObject([
        { reference: 'docker.io/own/game:1', isImported: true },
      ]);
      await again.keeper.remove('own/game:1');
      expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual([]);
      await again.close();
      store.close();
    });
  });

  describe('a pull', () => {
    it('that is cancelled ends and leaves nothing', async () => {
      await using subject = asyncDisposable(await openSubject());
      const asked = Promise.withResolvers<void>();
      subject.stub.on(/\/blobs\//, () => asked.resolve());
      const pullId = newId();
      await subject.call('images:pull', { pullId, reference: subject.reference });
      await asked.promise;
      await subject.call('images:cancel', { pullId });
      expect(subject.told.at(-1)).toMatchObject({ id: pullId, status: 'cancelled', error: null });
      await subject.call('images:cancel', { pullId });
      expect(await subject.call('images:list', {})).toMatchObject({
        images: [],
        pulls: [{ id: pullId, status: 'cancelled' }],
      });
    });

    it('gives its login to its registry only, and says so when that is missing', async () => {
      await using subject = asyncDisposable(await openSubject());
      const { reference, stub } = subject;
      const [host] = reference.split('/') as [string];
      const isLetIn = `Basic ${Buffer.from('robot:canary').toString('base64')}`;
      stub.on(/./, (request, response) => {
        if (request.headers.authorization === isLetIn) return stub.serve(request, response);
        response.writeHead(401, { 'www-authenticate': 'Basic realm="games"' }).end();
      });
      const end = async (registry?: TrustedRegistry) => {
        const pullId = newId();
        await subject.call('images:pull', { pullId, reference, registry });
        return vi.waitFor(
          () => {
            const pull = subject.told.findLast(({ id }) => id === pullId);
            expect(pull?.status).not.toBe('running');
            return pull as ImagePull;
          },
          { timeout: 20_000 },
        );
      };
      const login = { username: 'robot', password: 'canary' };
      const registry = { host, plainHttp: true, login };
      const refused = await end();
      expect(refused).toMatchObject({
        status: 'failed',
        error: { message: expect.stringMatching(/login|credential/i) },
      });
      expect((await end({ ...registry, host: 'example.com' })).status).toBe('failed');
      expect(stub.requests.every(({ authorization }) => authorization === undefined)).toBe(true);
      expect((await end(registry)).status).toBe('succeeded');
      expect(JSON.stringify(subject.told)).not.toContain('canary');
    });

    it('beyond the eighth at once is refused', async () => {
      await using subject = asyncDisposable(await openSubject());
      subject.stub.on(/./, () => {});
      const host = subject.stub.host;
      for (let index = 0; index < 8; index++) {
        await subject.call('images:pull', { pullId: newId(), reference: `${host}/game-${index}:1` });
      }
      const ninth = subject.call('images:pull', { pullId: newId(), reference: `${host}/game-9:1` });
      expect(await code(ninth)).toBe('limit_reached');
    });
  });

  it('what cannot be read of imported images does not keep the agent from starting', async () => {
    await using subject = asyncDisposable(await openSubject());
    writeFileSync(join(subject.folder.path, 'imported-images.json'), '{"torn');
    const store = openStore(subject.client);
    const again = await openNodeImages(store, subject.folder, () => [], log);
    expect(await again.keeper.list()).toEqual([]);
    await again.close();
    store.close();
  });
});

describe('a node without containerd', () => {
  it.each(Object.keys(imageAgentCalls) as (keyof typeof imageAgentCalls)[])(
    'answers %s with a sentence',
    async (name) => {
      const handlers = imageCallHandlers({ images: null, receive: () => Promise.reject(new Error('never')) });
      const ask = async () => handlers[name]({ reference: 'a' } as never);
      await expect(ask()).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('no containerd'),
      });
    },
  );
});

function asyncDisposable<T extends { close(): Promise<void> | void }>(subject: T): T & AsyncDisposable {
  return Object.assign(subject, { [Symbol.asyncDispose]: async () => subject.close() });
}
