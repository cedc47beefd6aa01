import { describe, expect, it } from 'vitest';
import { chainIds, digestOf, mediaTypes, parseImageConfig, parseManifest } from './image-manifest.ts';
import { choosePlatform, requirePlatform } from './image-platform.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const config = { mediaType: mediaTypes.config, digest: digest('c'), size: 100 };
const layer = { mediaType: `${mediaTypes.layer}+gzip`, digest: digest('1'), size: 1000 };
const manifest = { schemaVersion: 2, mediaType: mediaTypes.manifest, config, layers: [layer] };
const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const refused = (sentence: RegExp) =>
  expect.objectContaining({ code: 'invalid_input', message: expect.stringMatching(sentence) });

describe('manifests', () => {
  it('reads one of OCI and one of Docker', () => {
    expect(parseManifest(bytes(manifest), null)).toMatchObject({ kind: 'manifest', manifest: { config } });
    const { mediaType: _, ...unnamed } = manifest;
    expect(parseManifest(bytes(unnamed), null).mediaType).toBe(mediaTypes.manifest);
    expect(parseManifest(bytes(unnamed), mediaTypes.dockerManifest).mediaType).toBe(
      mediaTypes.dockerManifest,
    );
    expect(parseManifest(bytes(unnamed), 'text/html').mediaType).toBe(mediaTypes.manifest);
  });

  it.each(['', '+gzip', '+zstd'])('takes layers of kind tar%s', (suffix) => {
    const layers = [{ ...layer, mediaType: `${mediaTypes.layer}${suffix}` }];
    expect(parseManifest(bytes({ ...manifest, layers }), null)).toMatchObject({ kind: 'manifest' });
  });

  it.each<[string, unknown, RegExp]>([
    ['schema 1', { schemaVersion: 1, name: 'a', fsLayers: [] }, /2015/],
    ['no JSON', '<html>', /not readable/],
    ['a list', [], /not readable/],
    ['null', 'null', /not readable/],
    ['no version', { layers: [] }, /unknown format/],
    ['both an index and a manifest', { ...manifest, manifests: [] }, /contradicts/],
    ['neither', { schemaVersion: 2 }, /contradicts/],
    [
      'an index that calls itself a manifest',
      { schemaVersion: 2, mediaType: mediaTypes.manifest, manifests: [] },
      /unknown kind/,
    ],
    ['an unknown kind', { ...manifest, mediaType: 'application/evil' }, /unknown kind/],
    [
      'a chart',
      { ...manifest, config: { ...config, mediaType: 'application/vnd.cncf.helm.config.v1+json' } },
      /no image/,
    ],
    ['a huge configuration', { ...manifest, config: { ...config, size: 1e9 } }, /too large/],
    [
      'a foreign layer',
      {
        ...manifest,
        layers: [{ ...layer, mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip' }],
      },
      /layer/,
    ],
    [
      'a non-distributable layer',
      {
        ...manifest,
        layers: [{ ...layer, mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip' }],
      },
      /layer/,
    ],
    ['a script as layer', { ...manifest, layers: [{ ...layer, mediaType: 'text/x-shellscript' }] }, /layer/],
    [
      'an encrypted layer',
      { ...manifest, layers: [{ ...layer, mediaType: `${mediaTypes.layer}+gzip+encrypted` }] },
      /layer/,
    ],
    ['too many layers', { ...manifest, layers: Array(126).fill(layer) }, /not valid/],
    ['a negative size', { ...manifest, layers: [{ ...layer, size: -1 }] }, /not valid/],
    ['a size beyond numbers', { ...manifest, layers: [{ ...layer, size: 2 ** 60 }] }, /not valid/],
    ['another kind of digest', { ...manifest, layers: [{ ...layer, digest: 'sha512:00' }] }, /not valid/],
    [
      'a digest that is a path',
      { ...manifest, layers: [{ ...layer, digest: 'sha256:../../etc' }] },
      /not valid/,
    ],
  ])('refuses %s', (_name, value, sentence) => {
    expect(() => parseManifest(bytes(value), null)).toThrow(refused(sentence));
  });

  it('keeps no fields that it does not know', () => {
    const text = `{"__proto__":{"a":1},${JSON.stringify(manifest).slice(1)}`;
    const parsed = parseManifest(bytes(text), null);
    expect(Object.keys(parsed.kind === 'manifest' ? parsed.manifest : {})).toEqual(['config', 'layers']);
  });
});

describe('platforms', () => {
  const entry = (letter: string, platform: object | null) => ({ ...layer, digest: digest(letter), platform });
  const index = {
    manifests: [
      entry('1', { os: 'windows', architecture: 'amd64' }),
      entry('2', { os: 'unknown', architecture: 'unknown' }),
      entry('3', { os: 'linux', architecture: 'amd64', variant: 'v3' }),
      entry('4', { os: 'linux', architecture: 'amd64' }),
      entry('5', { os: 'linux', architecture: 'arm', variant: 'v5' }),
      entry('6', { os: 'linux', architecture: 'arm', variant: 'v7' }),
      entry('7', { os: 'linux', architecture: 'arm64', variant: 'v8' }),
      entry('8', null),
    ],
  } as Parameters<typeof choosePlatform>[0];

  it.each([
    ['x64', '4'],
    ['arm', '6'],
    ['arm64', '7'],
  ] as const)('chooses for %s', (architecture, letter) => {
    expect(choosePlatform(index, architecture).digest).toBe(digest(letter));
  });

  it('says what an image is for when it is not for this machine', () => {
    expect(() => choosePlatform(index, 'riscv64')).toThrow(
      refused(/linux\/riscv64.*windows\/amd64, linux\/amd64\/v3/),
    );
    expect(() => choosePlatform({ manifests: [] }, 'x64')).toThrow(refused(/not made for this machine/));
    expect(() => requirePlatform({ os: 'linux', architecture: 'arm64' }, 'x64')).toThrow(refused(/arm64/));
    requirePlatform({ os: 'linux', architecture: 'amd64', variant: null }, 'x64');
  });
});

describe('configurations', () => {
  const document = {
    os: 'linux',
    architecture: 'amd64',
    rootfs: { type: 'layers', diff_ids: [digest('d')] },
  };

  it('fills in what an image leaves open', () => {
    const expected = {
      env: [],
      entrypoint: [],
      command: [],
      user: '',
      workingDirectory: '/',
      stopSignal: null,
    };
    expect(parseImageConfig(bytes(document))).toMatchObject(expected);
    const nulls = { Env: null, Entrypoint: null, Cmd: null, WorkingDir: '', Volumes: null };
    expect(parseImageConfig(bytes({ ...document, config: nulls }))).toMatchObject(expected);
  });

  it('reads what is there', () => {
    const config = {
      Env: ['A=b'],
      Entrypoint: ['/e'],
      Cmd: ['c'],
      User: 'game',
      WorkingDir: '/data',
      StopSignal: 'SIGINT',
    };
    expect(parseImageConfig(bytes({ ...document, config }))).toEqual({
      platform: { os: 'linux', architecture: 'amd64' },
      diffIds: [digest('d')],
      env: ['A=b'],
      entrypoint: ['/e'],
      command: ['c'],
      user: 'game',
      workingDirectory: '/data',
      stopSignal: 'SIGINT',
    });
  });

  it.each<[string, unknown]>([
    ['variables that are no texts', { ...document, config: { Env: [1] } }],
    ['a command that is a text', { ...document, config: { Cmd: 'rm' } }],
    ['no layers', { os: 'linux', architecture: 'amd64' }],
    ['a variable of a megabyte', { ...document, config: { Env: ['a'.repeat(1_000_000)] } }],
    ['very many variables', { ...document, config: { Env: Array(10_001).fill('') } }],
  ])('refuses %s', (_name, value) => {
    expect(() => parseImageConfig(bytes(value))).toThrow(refused(/configuration/));
  });
});

it('names stacks of layers as containerd does', () => {
  const [a, b, c] = [digest('a'), digest('b'), digest('c')] as const;
  const second = digestOf(`${a} ${b}`);
  expect(chainIds([a, b, c])).toEqual([a, second, digestOf(`${second} ${c}`)]);
  expect(chainIds([])).toEqual([]);
});
