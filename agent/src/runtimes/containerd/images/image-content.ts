import { AppError } from '@catalyst/shared/contract/errors';
import type { ContentStore } from './content-store.ts';
import {
  chainIds,
  type Descriptor,
  type ImageConfig,
  type Manifest,
  maxConfigBytes,
  maxManifestBytes,
  parseImageConfig,
  parseManifest,
} from './image-manifest.ts';
import { choosePlatform, requirePlatform } from './image-platform.ts';
import type { Layer } from './snapshot-unpacker.ts';

/** An index may lead to another; more is no image but a labyrinth. */
const maxDepth = 3;

/** A manifest or index as it was found, with the labels that keep what it leads to from being collected as garbage. */
export interface Document {
  descriptor: Descriptor;
  bytes: Buffer;
  labels: Record<string, string>;
}

/** The way from what a name points at to the manifest for this machine. */
export interface ResolvedManifest {
  /** The first is what the name points at, the last the manifest. */
  documents: Document[];
  manifest: Manifest;
  /** Whether somebody else said already for which machine it is. */
  isFromIndex: boolean;
}

export type ReadManifest = (
  version: string,
) => Promise<{ bytes: Buffer; digest: string; contentType: string | null }>;

export async function resolveManifest(version: string, read: ReadManifest): Promise<ResolvedManifest> {
  const documents: Document[] = [];
  for (let next = version; documents.length < maxDepth; ) {
    const { bytes, digest, contentType } = await read(next);
    const parsed = parseManifest(bytes, contentType);
    const descriptor = { mediaType: parsed.mediaType, digest, size: bytes.length };
    if (parsed.kind === 'manifest') {
      const { config, layers } = parsed.manifest;
      const labels = { 'containerd.io/gc.ref.content.config': config.digest };
      for (const [index, layer] of layers.entries()) {
        Object.assign(labels, { [`containerd.io/gc.ref.content.l.${index}`]: layer.digest });
      }
      const isFromIndex = documents.length > 0;
      return {
        documents: [...documents, { descriptor, bytes, labels }],
        manifest: parsed.manifest,
        isFromIndex,
      };
    }
    next = choosePlatform(parsed.index).digest;
    documents.push({ descriptor, bytes, labels: { 'containerd.io/gc.ref.content.m.0': next } });
  }
  throw new AppError('invalid_input', "The image's manifest leads to ever more manifests.");
}

/** What an image is made of, with its configuration read. */
export interface ImageContent {
  config: ImageConfig;
  /** Lowest first. */
  layers: Layer[];
  /** Of the uppermost layer's snapshot. */
  chainId: string;
}

/** Throws `invalid_input` when configuration and manifest do not fit together, or it is for another machine. */
export function readContent(
  { manifest, isFromIndex }: ResolvedManifest,
  configBytes: Uint8Array,
): ImageContent {
  const config = parseImageConfig(configBytes);
  if (!isFromIndex) requirePlatform(config.platform);
  const chain = chainIds(config.diffIds);
  const layers = manifest.layers.flatMap((descriptor, index) => {
    const [diffId, chainId] = [config.diffIds[index], chain[index]];
    return diffId && chainId ? [{ descriptor, diffId, chainId, parent: chain[index - 1] ?? '' }] : [];
  });
  const chainId = chain.at(-1);
  if (chainId === undefined || chain.length !== manifest.layers.length || layers.length !== chain.length) {
    throw new AppError('invalid_input', "The image's configuration does not fit its layers.");
  }
  return { config, layers, chainId };
}

/** An image whose manifest and configuration containerd has; rejects with `notFound` when one is missing. */
export async function readStoredImage(
  contents: ContentStore,
  target: Descriptor,
): Promise<{ resolved: ResolvedManifest; content: ImageContent }> {
  const resolved = await resolveManifest(target.digest, async (digest) => ({
    bytes: await contents.read(digest, maxManifestBytes),
    digest,
    contentType: null,
  }));
  const configBytes = await contents.read(resolved.manifest.config.digest, maxConfigBytes);
  return { resolved, content: readContent(resolved, configBytes) };
}
