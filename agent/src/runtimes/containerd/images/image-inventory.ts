import { AppError } from '@catalyst/shared/contract/errors';
import type { Logger } from '../../../logger.ts';
import { containersApi } from '../api/containers.ts';
import type { ContainerdClient } from '../containerd-client.ts';
import type { ImageParts } from './image-pull.ts';
import type { ImageRecord, ImageRecords } from './image-records.ts';
import { parseImageName } from './image-reference.ts';
import { bytesOf, freedBytes, ImageScale, type ImageSizes } from './image-sizes.ts';

export interface ImageSummary {
  reference: string;
  digest: string;
  /** As it was downloaded. Images share parts, so sums over images may be more than the disk holds. */
  packedBytes: number;
  /** Its files. */
  unpackedBytes: number;
  createdAt: Date;
  /** To the hour. */
  lastUsedAt: Date;
  /** Ids of the containers made of it. */
  usedBy: string[];
  /** False when a part is missing: the next start fetches it. */
  isComplete: boolean;
}

export interface PruneOptions {
  /** Default 7. */
  unusedForDays?: number;
  /** Whether a server may start from it: such an image stays however long it was not used. */
  isWanted(reference: string): boolean;
  /** Only answers what would go. */
  isPreview?: boolean;
}

interface InventoryParts extends ImageParts {
  client: ContainerdClient;
  records: ImageRecords;
  logger: Pick<Logger, 'info'>;
  isBeingFetched(reference: string): boolean;
}

interface MeasuredImage {
  record: ImageRecord;
  sizes: ImageSizes;
  usedBy: string[];
}

const dayMs = 24 * 60 * 60 * 1000;

/** Which images are here, what they take, who uses them, and which may go. Rejects with what containerd answers. */
export class ImageInventory {
  readonly #parts: InventoryParts;

  constructor(parts: InventoryParts) {
    this.#parts = parts;
  }

  async list(): Promise<ImageSummary[]> {
    const measured = await this.#measureAll();
    return measured.map(({ record, sizes, usedBy }) => ({
      reference: record.reference,
      digest: record.target.digest,
      packedBytes: bytesOf(sizes.contents),
      unpackedBytes: bytesOf(sizes.snapshots),
      createdAt: record.createdAt,
      lastUsedAt: record.lastUsedAt,
      usedBy,
      isComplete: sizes.isComplete,
    }));
  }

  async remove(reference: string): Promise<{ freedBytes: number }> {
    const measured = await this.#measureAll();
    const image = measured.find(({ record }) => record.reference === reference);
    if (!image) throw new AppError('not_found', `There is no image ${reference} on this machine.`);
    if (this.#isBusy(image)) {
      throw new AppError('conflict', `The image ${reference} is in use; delete or change the servers first.`);
    }
    return { freedBytes: await this.#removeThose([image], measured) };
  }

  async prune({
    unusedForDays = 7,
    isWanted,
    isPreview = false,
  }: PruneOptions): Promise<{ removed: string[]; freedBytes: number }> {
    const latestUse = Date.now() - unusedForDays * dayMs;
    const measured = await this.#measureAll();
    const going = measured.filter((image) => {
      const { reference, lastUsedAt } = image.record;
      return lastUsedAt.getTime() <= latestUse && !this.#isBusy(image) && !isWanted(reference);
    });
    const freed = isPreview ? freedBy(going, measured) : await this.#removeThose(going, measured);
    return { removed: going.map(({ record }) => record.reference), freedBytes: freed };
  }

  async #measureAll(): Promise<MeasuredImage[]> {
    const { client, contents, snapshotter, records } = this.#parts;
    const scale = new ImageScale(client, contents, snapshotter);
    const [images, { containers }] = await Promise.all([records.list(), client.call(containersApi.list, {})]);
    const measured: MeasuredImage[] = [];
    for (const record of images) {
      const usedBy = containers.filter(({ image }) => isSame(image, record.reference)).map(({ id }) => id);
      measured.push({ record, usedBy, sizes: await scale.measure(record) });
    }
    return measured;
  }

  /** Answers how many bytes become free. */
  async #removeThose(going: readonly MeasuredImage[], all: readonly MeasuredImage[]): Promise<number> {
    await this.#parts.records.remove(going.map(({ record }) => record.reference));
    for (const { record } of going) {
      this.#parts.logger.info({ reference: record.reference }, 'Removed an image');
    }
    return freedBy(going, all);
  }

  #isBusy({ record, usedBy }: MeasuredImage): boolean {
    return usedBy.length > 0 || this.#parts.isBeingFetched(record.reference);
  }
}

/** Images share parts: only what none of the others has becomes free. */
function freedBy(going: readonly MeasuredImage[], all: readonly MeasuredImage[]): number {
  const staying = all.filter((image) => !going.includes(image));
  const sizesOf = (images: readonly MeasuredImage[]) => images.map(({ sizes }) => sizes);
  return freedBytes(sizesOf(going), sizesOf(staying));
}

/** A container may name its image as a person wrote it. */
function isSame(image: string, reference: string): boolean {
  if (image === reference) return true;
  try {
    return parseImageName(image).reference === reference;
  } catch {
    return false;
  }
}
