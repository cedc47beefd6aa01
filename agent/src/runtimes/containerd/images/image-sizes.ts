import { AppError } from '@catalyst/shared/contract/errors';
import { contentApi } from '../api/content.ts';
import { snapshotsApi } from '../api/snapshots.ts';
import type { ContainerdClient } from '../containerd-client.ts';
import { GrpcCode, GrpcError, hasCode } from '../grpc/grpc-error.ts';
import type { ContentStore } from './content-store.ts';
import { readStoredImage } from './image-content.ts';
import type { ImageRecord } from './image-records.ts';

/** What an image takes on the disk, part by part: images share parts. */
export interface ImageSizes {
  /** Packed content, by digest. */
  contents: Map<string, number>;
  /** Unpacked layers, by name of the snapshot. */
  snapshots: Map<string, number>;
  /** Whether nothing is missing. */
  isComplete: boolean;
}

/** Measures images; what is looked up for one is known for the next. */
export class ImageScale {
  readonly #client: ContainerdClient;
  readonly #contents: ContentStore;
  readonly #snapshotter: string;
  readonly #snapshotBytes = new Map<string, Promise<number | null>>();
  #stored: Promise<Map<string, number>> | null = null;

  constructor(client: ContainerdClient, contents: ContentStore, snapshotter: string) {
    this.#client = client;
    this.#contents = contents;
    this.#snapshotter = snapshotter;
  }

  async measure({ target }: ImageRecord): Promise<ImageSizes> {
    const sizes: ImageSizes = { contents: new Map(), snapshots: new Map(), isComplete: true };
    this.#stored ??= this.#listContents();
    const stored = await this.#stored;
    const count = (digest: string) => {
      const bytes = stored.get(digest);
      if (bytes === undefined) sizes.isComplete = false;
      else sizes.contents.set(digest, bytes);
    };
    try {
      const { resolved, content } = await readStoredImage(this.#contents, target);
      for (const { descriptor } of resolved.documents) count(descriptor.digest);
      count(resolved.manifest.config.digest);
      for (const { descriptor, chainId } of content.layers) {
        count(descriptor.digest);
        const bytes = await this.#unpackedBytes(chainId);
        if (bytes === null) sizes.isComplete = false;
        else sizes.snapshots.set(chainId, bytes);
      }
    } catch (error) {
      // Something that another program left in our namespace, for another machine or half there.
      if (!(error instanceof AppError && error.code === 'invalid_input') && !isMissing(error)) throw error;
      sizes.isComplete = false;
      count(target.digest);
    }
    return sizes;
  }

  async #listContents(): Promise<Map<string, number>> {
    const sizes = new Map<string, number>();
    for await (const { info } of await this.#client.stream(contentApi.list, {})) {
      for (const { digest, size } of info) sizes.set(digest, size);
    }
    return sizes;
  }

  #unpackedBytes(chainId: string): Promise<number | null> {
    const known = this.#snapshotBytes.get(chainId);
    if (known) return known;
    const asked = this.#client
      .call(snapshotsApi.usage, { snapshotter: this.#snapshotter, key: chainId })
      .then(
        ({ size }) => size,
        (error) => {
          if (hasCode(error, GrpcCode.notFound)) return null;
          throw error;
        },
      );
    this.#snapshotBytes.set(chainId, asked);
    return asked;
  }
}

const isMissing = (error: unknown) => error instanceof GrpcError && error.code === GrpcCode.notFound;

/** Of one image alone. */
export function bytesOf(parts: ReadonlyMap<string, number>): number {
  return [...parts.values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** What becomes free when these images go and those stay. */
export function freedBytes(going: readonly ImageSizes[], staying: readonly ImageSizes[]): number {
  const freed = (kind: 'contents' | 'snapshots') => {
    const parts = new Map(going.flatMap((sizes) => [...sizes[kind]]));
    for (const sizes of staying) for (const key of sizes[kind].keys()) parts.delete(key);
    return bytesOf(parts);
  };
  return freed('contents') + freed('snapshots');
}
