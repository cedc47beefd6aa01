import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type TarEntry, tar } from './tar.ts';

export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  platform?: Platform;
}

export interface Platform {
  os: string;
  architecture: string;
  variant?: string;
}

/** What a registry keeps of one image, or of one for several platforms. */
export interface OciImage {
  /** Of the manifest, or of the index of manifests. */
  root: Descriptor;
  /** All content by digest, `root` included. */
  blobs: Map<string, Buffer>;
}

export interface ImageContent {
  /** Lowest first. */
  layers: readonly (readonly TarEntry[])[];
  /** Default: as gzip packs it. */
  compression?: 'gzip' | 'none';
  platform?: Platform;
  /** Of the configuration: `Env`, `Entrypoint`, `Cmd`, `User`, `WorkingDir`. */
  config?: Record<string, unknown>;
}

export const hostPlatform: Platform = {
  os: 'linux',
  architecture: process.arch === 'x64' ? 'amd64' : process.arch,
};

export const mediaTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  none: 'application/vnd.oci.image.layer.v1.tar',
};

export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** An image for one platform; the same content gives the same digests. */
export function buildImage(content: ImageContent): OciImage {
  const { layers, compression = 'gzip', platform = hostPlatform, config = {} } = content;
  const blobs = new Map<string, Buffer>();
  const archives = layers.map((entries) => tar(entries));
  const layerDescriptors = archives.map((archive) =>
    add(blobs, compression === 'gzip' ? gzipSync(archive, { level: 1 }) : archive, mediaTypes[compression]),
  );
  const configDescriptor = addJson(blobs, mediaTypes.config, {
    ...platform,
    created: '1970-01-01T00:00:00Z',
    config,
    rootfs: { type: 'layers', diff_ids: archives.map(sha256) },
    history: layers.map(() => ({ created: '1970-01-01T00:00:00Z' })),
  });
  const root = addJson(blobs, mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: configDescriptor,
    layers: layerDescriptors,
  });
  return { root: { ...root, platform }, blobs };
}

/** One image for several platforms. */
export function buildIndex(images: readonly OciImage[]): OciImage {
  const blobs = new Map(images.flatMap((image) => [...image.blobs]));
  const root = addJson(blobs, mediaTypes.index, {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: images.map((image) => image.root),
  });
  return { root, blobs };
}

function addJson(blobs: Map<string, Buffer>, mediaType: string, value: unknown): Descriptor {
  return add(blobs, Buffer.from(JSON.stringify(value)), mediaType);
}

function add(blobs: Map<string, Buffer>, bytes: Buffer, mediaType: string): Descriptor {
  const digest = sha256(bytes);
  blobs.set(digest, bytes);
  return { mediaType, digest, size: bytes.length };
}
