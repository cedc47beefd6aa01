import { createHash } from 'node:crypto';
import { AppError } from '@catalyst/shared/contract/errors';
import { z } from 'zod';
import { digestPattern } from './image-reference.ts';

/** Larger ones are no manifests but an attempt to fill our memory; registries refuse them too. */
export const maxManifestBytes = 4 * 1024 * 1024;
export const maxConfigBytes = 8 * 1024 * 1024;
/** The kernel's overlay cannot stack many more. */
const maxLayers = 125;
const maxLayerBytes = 256 * 1024 ** 3;

export const mediaTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
  dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar',
} as const;
export const manifestTypes: readonly string[] = [
  mediaTypes.index,
  mediaTypes.manifest,
  mediaTypes.dockerIndex,
  mediaTypes.dockerManifest,
];
const configTypes: readonly string[] = [mediaTypes.config, mediaTypes.dockerConfig];
const layerTypes: readonly string[] = [
  mediaTypes.layer,
  `${mediaTypes.layer}+gzip`,
  `${mediaTypes.layer}+zstd`,
  mediaTypes.dockerLayer,
  `${mediaTypes.dockerLayer}.gzip`,
  `${mediaTypes.dockerLayer}.zstd`,
];

export const Digest = z.string().regex(digestPattern, 'must be sha256: and 64 hexadecimal digits');
const Descriptor = z.object({
  mediaType: z.string().max(255),
  digest: Digest,
  size: z.int().min(0).max(maxLayerBytes),
});
export type Descriptor = z.output<typeof Descriptor>;

const Platform = z.object({
  os: z.string().max(64),
  architecture: z.string().max(64),
  variant: z.string().max(64).nullish(),
});
export type Platform = z.output<typeof Platform>;

const Index = z.object({
  manifests: z.array(Descriptor.extend({ platform: Platform.nullish() })).max(1000),
});
export type Index = z.output<typeof Index>;

const Manifest = z.object({ config: Descriptor, layers: z.array(Descriptor).min(1).max(maxLayers) });
export type Manifest = z.output<typeof Manifest>;

export type ManifestDocument =
  | { kind: 'index'; mediaType: string; index: Index }
  | { kind: 'manifest'; mediaType: string; manifest: Manifest };

/** Reads an index or a manifest by what is in it; what its sender calls it matters only where it says nothing itself. */
export function parseManifest(bytes: Uint8Array, contentType: string | null): ManifestDocument {
  const json = parseJson(bytes, "The image's manifest");
  const { schemaVersion, mediaType: own } = json;
  if (schemaVersion === 1) {
    throw unusable(
      'The image is in a format of 2015 (schema 1) that is not supported; it must be pushed anew.',
    );
  }
  if (schemaVersion !== 2) throw unusable("The image's manifest is of an unknown format.");
  // Whoever reads only the one list would see another image than whoever reads the other.
  if ('manifests' in json === 'layers' in json) throw unusable("The image's manifest contradicts itself.");
  const kind = 'manifests' in json ? 'index' : 'manifest';
  const candidates =
    kind === 'index'
      ? [mediaTypes.index, mediaTypes.dockerIndex]
      : [mediaTypes.manifest, mediaTypes.dockerManifest];
  const mediaType = own ?? (candidates.some((type) => type === contentType) ? contentType : candidates[0]);
  if (typeof mediaType !== 'string' || !candidates.some((type) => type === mediaType)) {
    throw unusable(`The image's manifest is of an unknown kind (${shorten(mediaType)}).`);
  }
  if (kind === 'index') return { kind, mediaType, index: check(Index, json) };
  const manifest = check(Manifest, json);
  if (!configTypes.includes(manifest.config.mediaType)) {
    throw unusable(
      `It is no image of a container but something else (${shorten(manifest.config.mediaType)}).`,
    );
  }
  if (manifest.config.size > maxConfigBytes) throw unusable("The image's configuration is too large.");
  for (const { mediaType: type } of manifest.layers) {
    if (!layerTypes.includes(type)) {
      throw unusable(`A layer of the image is of a kind that is not supported (${shorten(type)}).`);
    }
  }
  return { kind, mediaType, manifest };
}

const Text = z.string().max(128 * 1024);
const Texts = z.array(Text).max(10_000).nullish();
const ConfigDocument = z.object({
  os: z.string().max(64),
  architecture: z.string().max(64),
  variant: z.string().max(64).nullish(),
  rootfs: z.object({ type: z.literal('layers'), diff_ids: z.array(Digest).max(maxLayers) }),
  config: z
    .object({
      Env: Texts,
      Entrypoint: Texts,
      Cmd: Texts,
      User: Text.nullish(),
      WorkingDir: Text.nullish(),
      StopSignal: Text.nullish(),
    })
    .nullish(),
});

/** What an image says about how it wants to be run; written by strangers. */
export interface ImageConfig {
  platform: Platform;
  /** Digests of the unpacked layers, lowest first. */
  diffIds: string[];
  /** `NAME=value` each. */
  env: string[];
  entrypoint: string[];
  command: string[];
  /** Name or number, with an optional group; empty for root. */
  user: string;
  workingDirectory: string;
  stopSignal: string | null;
}

export function parseImageConfig(bytes: Uint8Array): ImageConfig {
  const what = "The image's configuration";
  const { os, architecture, variant, rootfs, config } = check(ConfigDocument, parseJson(bytes, what), what);
  return {
    platform: { os, architecture, variant },
    diffIds: rootfs.diff_ids,
    env: config?.Env ?? [],
    entrypoint: config?.Entrypoint ?? [],
    command: config?.Cmd ?? [],
    user: config?.User ?? '',
    workingDirectory: config?.WorkingDir || '/',
    stopSignal: config?.StopSignal || null,
  };
}

/** Names of the snapshots of a stack of layers, lowest first; each tells of all below it. */
export function chainIds(diffIds: readonly string[]): string[] {
  const chain: string[] = [];
  for (const diffId of diffIds) {
    const below = chain.at(-1);
    chain.push(below === undefined ? diffId : digestOf(`${below} ${diffId}`));
  }
  return chain;
}

export function digestOf(data: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(data).digest('hex')}`;
}

function parseJson(bytes: Uint8Array, what: string): Record<string, unknown> {
  try {
    const json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json;
  } catch {}
  throw unusable(`${what} is not readable.`);
}

function check<T extends z.ZodType>(schema: T, json: unknown, what = "The image's manifest"): z.output<T> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw unusable(`${what} is not valid: ${shorten(issue?.path.join('.'))} ${shorten(issue?.message)}.`);
}

const shorten = (value: unknown) => String(value).slice(0, 120);
const unusable = (sentence: string) => new AppError('invalid_input', sentence);
