import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Containerd, startContainerd } from '../../../../../../e2e/services/containerd.ts';
import { toDockerArchive, toOciArchive } from '../../../../../../e2e/services/image-transport.ts';
import { buildIndex, type OciImage } from '../../../../../../e2e/services/oci-image.ts';
import { type TarEntry, tar } from '../../../../../../e2e/services/tar.ts';
import type { Progress } from '../../../runtime.ts';
import { imagesApi } from '../../api/images.ts';
import { ContainerdClient } from '../../containerd-client.ts';
import type { ImageStore } from '../image-store.ts';
import { collectGarbage, countAll, fileImage, nothing, openStore } from '../store-suite.ts';

const containerd = await startContainerd({ programs: process.env.CATALYST_TEST_CONTAINERD });
const name = 'registry.example/game:1';

describe.skipIf(!containerd)('archives of images', () => {
  let client: ContainerdClient;
  let images: ImageStore;
  let count = 0;
  beforeEach(() => {
    client = new ContainerdClient({
      socketPath: (containerd as Containerd).socketPath,
      namespace: `tests-${++count}`,
    });
    images = openStore(client);
  });
  afterEach(async () => {
    for (const { reference } of await images.list()) await client.call(imagesApi.delete, { name: reference });
    await collectGarbage(client);
    images.close();
    client.close();
  });
  afterAll(() => containerd?.stop());

  const image = fileImage([500_000, 1000], { config: { Env: ['A=b'] } });
  const load = (archive: Uint8Array, options = {}) => images.import(pieces(archive), options);
  const file = (entryName: string, value: unknown): TarEntry => ({
    name: entryName,
    type: 'file',
    content: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  });

  it.each([
    ['a layout of OCI', () => toOciArchive(image, name)],
    ['what docker save wrote', () => toDockerArchive(image, name)],
    [
      'what docker save wrote, layers unpacked',
      () => toDockerArchive(fileImage([1000], { compression: 'none' }), name),
    ],
    ['a layout of OCI packed by gzip', () => gzipSync(toOciArchive(image, name))],
    ['what docker save wrote, packed by gzip', () => gzipSync(toDockerArchive(image, name))],
    [
      'one with images for several machines',
      () =>
        toOciArchive(
          buildIndex([fileImage([10], { platform: { os: 'linux', architecture: 'mips' } }), image]),
          name,
        ),
    ],
  ])('are taken: %s', async (_name, archive) => {
    const seen: Progress[] = [];
    const bytes = archive();
    const [ready, ...more] = await load(bytes, {
      totalBytes: bytes.length,
      onProgress: (step: Progress) => seen.push(step),
    });
    expect(more).toEqual([]);
    expect(ready?.reference).toBe(name);
    expect(await images.find(name)).toEqual(ready);
    expect(await images.ensure(name)).toEqual(ready);
    expect((await images.list())[0]).toMatchObject({ isComplete: true });
    const before = await countAll(client);
    await collectGarbage(client);
    expect(await countAll(client)).toMatchObject({ ...before, images: 1, leases: 0, ingests: 0 });
    expect(await images.find(name)).toEqual(ready);
    expect(seen.some(({ doneBytes, totalBytes }) => doneBytes === totalBytes)).toBe(true);
  });

  it('are taken again without harm, and under another name', async () => {
    const archive = toDockerArchive(image, name);
    await load(archive);
    await load(archive);
    const [renamed] = await load(archive, { reference: 'other' });
    expect(renamed?.reference).toBe('docker.io/library/other:latest');
    expect(await images.list()).toHaveLength(2);
  });

  it('with a layer that is a link to another have that layer', async () => {
    const [layer] = layersOf(image);
    const config = configOf(image);
    const archive = tar([
      { name: 'a/layer.tar', type: 'file', content: layer },
      { name: 'b/layer.tar', type: 'symlink', target: '../a/layer.tar' },
      { name: 'config.json', type: 'file', content: config },
      file('manifest.json', [
        { Config: 'config.json', RepoTags: [name], Layers: ['b/layer.tar', 'b/layer.tar'] },
      ]),
    ]);
    // Its configuration names two other layers: found by the link, refused by what is in it.
    await expect(load(archive)).rejects.toThrow(/something else than the image says/);
  });

  const hostile: [string, () => Uint8Array, RegExp][] = [
    ['no archive', () => randomBytes(100_000), /not an archive/],
    ['nothing', () => Buffer.alloc(0), /not an archive/],
    ['an empty archive', () => tar([]), /not an archive/],
    [
      'an archive of something else',
      () => tar([file('game.jar', 'x')]),
      /neither index.json nor manifest.json/,
    ],
    ['half an archive', () => toOciArchive(image, name).subarray(0, 300_000), /not an archive|damaged/],
    [
      'a damaged gzip',
      () => gzipSync(toOciArchive(image, name)).fill(0, 100_000, 200_000),
      /not an archive|damaged/,
    ],
    ['half a gzip', () => gzipSync(toOciArchive(image, name)).subarray(0, 100_000), /not an archive|damaged/],
    ['a blob that is not what its name promises', () => changed(toOciArchive(image, name)), /damaged/],
    ['a name that leads out', () => tar([file('../../etc/cron.d/evil', 'x')]), /leads out/],
    [
      'a link that leads out',
      () => tar([{ name: 'a', type: 'symlink', target: '../../etc/shadow' }]),
      /leads out/,
    ],
    [
      'a layer that is a link out of it',
      () =>
        tar([
          { name: 'l', type: 'symlink', target: '/etc/shadow' },
          file('c', '{}'),
          file('manifest.json', [{ Config: 'c', RepoTags: [name], Layers: ['l'] }]),
        ]),
      /l is missing/,
    ],
    [
      'links in a circle',
      () =>
        tar([
          { name: 'a', type: 'symlink', target: 'b' },
          { name: 'b', type: 'symlink', target: 'a' },
          file('manifest.json', [{ Config: 'a', RepoTags: [name], Layers: ['b'] }]),
        ]),
      /a is missing/,
    ],
    ['a huge list', () => tar([file('manifest.json', ' '.repeat(5_000_000))]), /too large/],
    ['a list that is none', () => tar([file('manifest.json', '{"a":')]), /not readable/],
    ['a list of something else', () => tar([file('manifest.json', { Config: 1 })]), /not readable/],
    ['a list of no image', () => tar([file('manifest.json', [])]), /no image/],
    ['an image without a name', () => toOciArchive(image, ''), /no name/],
    [
      'an image with a hostile name',
      () => toOciArchive(image, 'registry.example/../../x:1'),
      /not the name of an image/,
    ],
    [
      'an image that is not in it',
      () =>
        tar([
          file('index.json', {
            schemaVersion: 2,
            manifests: [
              {
                mediaType: 'x',
                digest: image.root.digest,
                size: 1,
                annotations: { 'io.containerd.image.name': name },
              },
            ],
          }),
        ]),
      /is missing/,
    ],
    ['an image without a layer', () => toOciArchive(without(image, layerDigest(image)), name), /is missing/],
    [
      'very many files',
      () =>
        tar(
          Array.from(
            { length: 10_001 },
            (_, index): TarEntry => ({ name: `${index}`, type: 'symlink', target: 'x' }),
          ),
        ),
      /too many/,
    ],
  ];
  it.each(hostile)('are refused: %s', async (_name, archive, sentence) => {
    await expect(load(archive())).rejects.toEqual(
      expect.objectContaining({ code: 'invalid_input', message: expect.stringMatching(sentence) }),
    );
    expect(await countAll(client)).toEqual(nothing);
  });

  it('do not get at the layers of other images', async () => {
    await load(toOciArchive(image, 'registry.example/private:1'));
    const thief = toOciArchive(without(image, layerDigest(image)), 'registry.example/thief:1');
    await expect(load(thief)).rejects.toThrow(/is missing/);
  });

  it('end when they are cancelled or their stream breaks, and nothing stays', async () => {
    const archive = toOciArchive(image, name);
    const cancel = new AbortController();
    const endless = new Readable({ read() {} });
    endless.push(archive.subarray(0, 300_000));
    const importing = images.import(endless, { signal: cancel.signal });
    setImmediate(() => cancel.abort(new Error('enough')));
    await expect(importing).rejects.toThrow('enough');
    const broken = new Readable({ read() {} });
    broken.push(archive.subarray(0, 300_000));
    const failing = images.import(broken);
    setImmediate(() => broken.destroy(new Error('the upload ended')));
    await expect(failing).rejects.toThrow('the upload ended');
    expect(await countAll(client)).toEqual(nothing);
  });
});

function pieces(bytes: Uint8Array): Readable {
  const parts = Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, index) =>
    bytes.subarray(index * 65_536, (index + 1) * 65_536),
  );
  return Readable.from(parts);
}

const manifestOf = ({ blobs, root }: OciImage) => JSON.parse(String(blobs.get(root.digest)));
const configOf = (image: OciImage) => image.blobs.get(manifestOf(image).config.digest) ?? Buffer.alloc(0);
const layerDigest = (image: OciImage): string => manifestOf(image).layers[0].digest;
const layersOf = (image: OciImage): [Buffer] => [image.blobs.get(layerDigest(image)) ?? Buffer.alloc(0)];

function without({ root, blobs }: OciImage, digest: string): OciImage {
  return { root, blobs: new Map([...blobs].filter(([key]) => key !== digest)) };
}

/** With other bytes in the middle of its first blob, where only the digest can tell. */
function changed(archive: Buffer): Buffer {
  return Buffer.from(archive).fill('x', 50_000, 50_100);
}
