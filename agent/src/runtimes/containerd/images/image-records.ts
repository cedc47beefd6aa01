import { type Image, imagesApi } from '../api/images.ts';
import type { ContainerdClient } from '../containerd-client.ts';
import { GrpcCode, hasCode } from '../grpc/grpc-error.ts';
import type { Descriptor } from './image-manifest.ts';

const lastUsedLabel = 'catalyst/last-used';
/** Written at most so often: a start should not wait for it each time. */
const lastUsedPrecisionMs = 60 * 60 * 1000;

export interface ImageRecord {
  reference: string;
  target: Descriptor;
  createdAt: Date;
  /** To the hour. */
  lastUsedAt: Date;
}

/** Names of images and what they point at, as containerd keeps them. */
export class ImageRecords {
  readonly #client: ContainerdClient;

  constructor(client: ContainerdClient) {
    this.#client = client;
  }

  async get(reference: string): Promise<ImageRecord | null> {
    try {
      const { image } = await this.#client.call(imagesApi.get, { name: reference });
      return image ? toRecord(image) : null;
    } catch (error) {
      if (hasCode(error, GrpcCode.notFound)) return null;
      throw error;
    }
  }

  async list(): Promise<ImageRecord[]> {
    const { images } = await this.#client.call(imagesApi.list, {});
    return images.map(toRecord).sort((a, b) => (a.reference < b.reference ? -1 : 1));
  }

  /** From now on the name points here. */
  async put(reference: string, target: Descriptor): Promise<void> {
    const image = { name: reference, target, labels: { [lastUsedLabel]: new Date().toISOString() } };
    try {
      await this.#client.call(imagesApi.create, { image });
    } catch (error) {
      if (!hasCode(error, GrpcCode.alreadyExists)) throw error;
      const updateMask = { paths: ['target', `labels.${lastUsedLabel}`] };
      await this.#client.call(imagesApi.update, { image, updateMask });
    }
  }

  /** Somebody wants it now. Does nothing when it was just said, or the record is gone. */
  async touch(record: ImageRecord): Promise<void> {
    if (Date.now() - record.lastUsedAt.getTime() < lastUsedPrecisionMs) return;
    const { reference: name, target } = record;
    // Not to be changed, but containerd 1.7 and 2.x end with a crash when it is left out.
    const image = { name, target, labels: { [lastUsedLabel]: new Date().toISOString() } };
    const updateMask = { paths: [`labels.${lastUsedLabel}`] };
    await this.#client.call(imagesApi.update, { image, updateMask }).catch((error) => {
      if (!hasCode(error, GrpcCode.notFound)) throw error;
    });
  }

  /** Removes names and then, waiting for it, all that nothing needs any more. */
  async remove(references: readonly string[]): Promise<void> {
    for (const [index, name] of references.entries()) {
      const sync = index === references.length - 1;
      await this.#client.call(imagesApi.delete, { name, sync }, { timeoutMs: 300_000 }).catch((error) => {
        if (!hasCode(error, GrpcCode.notFound)) throw error;
      });
    }
  }
}

function toRecord({ name, target, labels, createdAt }: Image): ImageRecord {
  const created = createdAt ?? new Date(0);
  const lastUsedMs = Date.parse(labels[lastUsedLabel] ?? '');
  return {
    reference: name,
    target: { mediaType: target?.mediaType ?? '', digest: target?.digest ?? '', size: target?.size ?? 0 },
    createdAt: created,
    lastUsedAt: Number.isNaN(lastUsedMs) ? created : new Date(lastUsedMs),
  };
}
