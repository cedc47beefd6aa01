import { AppError } from '@catalyst/shared/contract/errors';
import { orAborted } from '../../../waiting.ts';
import type { Progress } from '../../runtime.ts';
import { isFullDisk } from './containerd-fault.ts';
import type { ContentStore } from './content-store.ts';
import { type ImageContent, type ResolvedManifest, readContent, resolveManifest } from './image-content.ts';
import { type Descriptor, digestOf } from './image-manifest.ts';
import type { ImageName } from './image-reference.ts';
import { PullProgress } from './pull-progress.ts';
import type { RegistrySession } from './registry/registry-session.ts';
import type { SnapshotUnpacker } from './snapshot-unpacker.ts';

const parallelDownloads = 3;

export interface ImageParts {
  contents: ContentStore;
  unpacker: SnapshotUnpacker;
  snapshotter: string;
}

export interface PullOptions {
  name: ImageName;
  session: RegistrySession;
  lease: string;
  onProgress(progress: Progress): void;
  signal: AbortSignal;
}

export interface PulledImage {
  target: Descriptor;
  content: ImageContent;
}

/**
 * Brings all of an image here: content and unpacked snapshots, under the lease, each referring to what it needs. What
 * one attempt leaves half-done the next continues, except after a cancel or on a full disk: then it is thrown away.
 */
export async function pullImage(parts: ImageParts, options: PullOptions): Promise<PulledImage> {
  const { name, session, signal } = options;
  const progress = new PullProgress(name.reference, options.onProgress);
  const resolved = await resolveManifest(name.version, (version) => session.manifest(version, signal));
  const configBytes = await downloadConfig(session, resolved.manifest.config, signal);
  const content = readContent(resolved, configBytes);
  const blobs = uniqueBlobs(content);
  progress.begin(blobs.reduce((sum, { size }) => sum + size, 0));
  try {
    await keepDocuments(parts, resolved, content, configBytes, options);
    await downloadAndUnpack(parts, content, blobs, progress, options);
  } catch (error) {
    // Told to stop, nobody wants it any more; without room, what is there must not take even more of it.
    const isUnwanted = signal.aborted || isFullDisk(error);
    await settleUnfinished(parts.contents, blobs, isUnwanted).catch(() => {});
    throw error;
  }
  const [target] = resolved.documents;
  if (!target) throw new Error('A resolved manifest has at least one document');
  return { target: target.descriptor, content };
}

/** Writes index, manifest and configuration with the labels that hold on to everything else. */
export async function keepDocuments(
  { contents, snapshotter }: ImageParts,
  { documents, manifest }: ResolvedManifest,
  { chainId }: ImageContent,
  configBytes: Uint8Array,
  { lease, signal }: { lease: string; signal: AbortSignal },
): Promise<void> {
  const labels = { [`containerd.io/gc.ref.snapshot.${snapshotter}`]: chainId };
  await contents.put(configBytes, manifest.config.mediaType, { labels, lease, signal });
  for (const { bytes, descriptor, labels } of documents) {
    await contents.put(bytes, descriptor.mediaType, { labels, lease, signal });
  }
}

/** Layers are downloaded three at a time, and unpacked from the lowest on as soon as they are here. */
async function downloadAndUnpack(
  { contents, unpacker }: ImageParts,
  { layers }: ImageContent,
  blobs: readonly Descriptor[],
  progress: PullProgress,
  { session, lease, signal }: PullOptions,
): Promise<void> {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const diffIds = new Map(layers.map(({ descriptor, diffId }) => [descriptor.digest, diffId]));
  const waiting = [...blobs];
  const here = new Map(blobs.map(({ digest }) => [digest, Promise.withResolvers<void>()]));
  const download = async () => {
    for (let blob = waiting.shift(); blob; blob = waiting.shift()) {
      const { digest } = blob;
      const descriptor = blob;
      await contents.ingest(descriptor, {
        source: (offset) => session.blob(descriptor, offset, both),
        labels: { 'containerd.io/uncompressed': diffIds.get(digest) ?? '' },
        lease,
        signal: both,
        onBytes: (bytes) => progress.downloaded(digest, bytes),
      });
      here.get(digest)?.resolve();
    }
  };
  const unpack = async () => {
    const counted = new Set<string>();
    for (const layer of layers) {
      const { digest, size } = layer.descriptor;
      const arrival = here.get(digest);
      if (arrival) await orAborted(arrival.promise, both);
      await unpacker.unpack(layer, lease, both);
      if (!counted.has(digest)) progress.unpacked(size);
      counted.add(digest);
    }
  };
  const works = [...Array.from({ length: parallelDownloads }, download), unpack()];
  try {
    await Promise.all(works);
  } catch (error) {
    stop.abort(error);
    // Nothing may go on behind the back of whoever is told of the failure.
    await Promise.allSettled(works);
    throw signal.aborted ? signal.reason : error;
  }
}

async function downloadConfig(session: RegistrySession, descriptor: Descriptor, signal: AbortSignal) {
  const chunks: Buffer[] = [];
  for await (const chunk of session.blob(descriptor, 0, signal)) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  if (digestOf(bytes) === descriptor.digest) return bytes;
  throw new AppError(
    'unavailable',
    "The image's configuration is not what its digest promises; it was not kept.",
  );
}

/** A layer may be in an image twice. */
function uniqueBlobs({ layers }: ImageContent): Descriptor[] {
  return [...new Map(layers.map(({ descriptor }) => [descriptor.digest, descriptor])).values()];
}

async function settleUnfinished(contents: ContentStore, blobs: readonly Descriptor[], isUnwanted: boolean) {
  if (isUnwanted) for (const blob of blobs) await contents.discard(blob);
  else await contents.keepUnfinished(blobs);
}
