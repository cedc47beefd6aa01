import { AppError } from '@catalyst/shared/contract/errors';
import type { RegistryLogin } from '@catalyst/shared/features/server-spec';
import type { Logger } from '../../../logger.ts';
import { oneAtATime } from '../../../one-at-a-time.ts';
import type { Progress } from '../../runtime.ts';
import { containersApi } from '../api/containers.ts';
import type { ContainerdClient } from '../containerd-client.ts';
import { GrpcCode, hasCode } from '../grpc/grpc-error.ts';
import { toImageError } from './containerd-fault.ts';
import { ContentStore } from './content-store.ts';
import { type ImageContent, readStoredImage } from './image-content.ts';
import { ImageLeases } from './image-leases.ts';
import type { ImageConfig } from './image-manifest.ts';
import { type ImageParts, pullImage } from './image-pull.ts';
import { type ImageRecord, ImageRecords } from './image-records.ts';
import { type ImageName, loginFor, parseImageName } from './image-reference.ts';
import { bytesOf, freedBytes, ImageScale } from './image-sizes.ts';
import { RegistrySession } from './registry/registry-session.ts';
import { RegistryTransport, type TransportOptions } from './registry/registry-transport.ts';
import { SharedWorks } from './shared-works.ts';
import { SnapshotUnpacker } from './snapshot-unpacker.ts';

export interface ImageStoreOptions {
  client: ContainerdClient;
  snapshotter: string;
  logger: Pick<Logger, 'info' | 'warn'>;
  registries?: TransportOptions & { retryDelaysMs?: readonly number[] };
}

/** An image that is here and unpacked. */
export interface ReadyImage {
  /** Canonical name. */
  reference: string;
  /** Of what the name points at: an index, or the manifest itself. */
  digest: string;
  /** Name of the committed snapshot that holds its files. */
  chainId: string;
  config: ImageConfig;
}

export interface EnsureOptions {
  login?: RegistryLogin | null;
  onProgress?(progress: Progress): void;
  signal?: AbortSignal;
  /** Asks the registry also when the image is here: its tag may point at something newer. */
  refresh?: boolean;
}

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
}

const never = new AbortController().signal;
const dayMs = 24 * 60 * 60 * 1000;
const maxRemembered = 200;

/**
 * The images of this machine. Errors are sentences for people: `invalid_input` when the image cannot be had as it is
 * asked for, `disk_full`, and `unavailable` when a later attempt may succeed.
 */
export class ImageStore {
  readonly #client: ContainerdClient;
  readonly #logger: ImageStoreOptions['logger'];
  readonly #transport: RegistryTransport;
  readonly #retryDelaysMs: readonly number[] | undefined;
  readonly #parts: ImageParts;
  readonly #records: ImageRecords;
  readonly #leases: ImageLeases;
  readonly #pulls = new SharedWorks<ReadyImage>();
  /** How many pulls of a name are under way. */
  readonly #pulling = new Map<string, number>();
  /** Removing looks first and acts then: nothing may come to use an image in between. */
  readonly #recordQueue = oneAtATime();
  /** What a digest stands for never changes. */
  readonly #remembered = new Map<string, ImageContent>();

  constructor({ client, snapshotter, logger, registries = {} }: ImageStoreOptions) {
    this.#client = client;
    this.#logger = logger;
    this.#transport = new RegistryTransport(registries);
    this.#retryDelaysMs = registries.retryDelaysMs;
    this.#parts = {
      contents: new ContentStore(client),
      unpacker: new SnapshotUnpacker(client, snapshotter),
      snapshotter,
    };
    this.#records = new ImageRecords(client);
    this.#leases = new ImageLeases(client);
  }

  /** The image when it is here, without any network; null when it, or a part of it, is not. */
  async find(reference: string): Promise<ReadyImage | null> {
    return translated(this.#find(parseImageName(reference)));
  }

  /**
   * The image, fetched when it is not here. Several who want the same at once share one download; each sees all of its
   * progress, and it goes on as long as one of them wants it.
   */
  async ensure(reference: string, options: EnsureOptions = {}): Promise<ReadyImage> {
    const { login = null, onProgress = () => {}, signal = never, refresh = false } = options;
    const name = parseImageName(reference);
    const found = refresh ? null : await translated(this.#find(name));
    if (found) return found;
    // Who gives another login, or none, may not be let in by that of others.
    const key = JSON.stringify([name.reference, loginFor(name.registry, login), refresh]);
    const pull = (report: (progress: Progress) => void, stop: AbortSignal) =>
      translated(this.#fetch(name, { login, refresh, report, signal: stop }));
    return this.#pulls.join(key, pull, onProgress, signal);
  }

  async list(): Promise<ImageSummary[]> {
    return translated(this.#list());
  }

  /** Rejects with `not_found`, or with `conflict` while it is in use or being fetched. */
  async remove(reference: string): Promise<{ freedBytes: number }> {
    const name = parseImageName(reference);
    return this.#recordQueue(() =>
      translated(
        this.#removeThose((image) => {
          if (image.reference !== name.reference) return false;
          if (!this.#isBusy(image)) return true;
          throw new AppError('conflict', `The image ${image.reference} is in use.`);
        }),
      ).then(({ removed, freedBytes }) => {
        if (removed.length === 0)
          throw new AppError('not_found', `There is no image ${name.reference} here.`);
        return { freedBytes };
      }),
    );
  }

  /** Removes the images that no server is made of or may start from, and that nobody used for some days. */
  async prune({
    unusedForDays = 7,
    isWanted,
  }: PruneOptions): Promise<{ removed: string[]; freedBytes: number }> {
    const before = Date.now() - unusedForDays * dayMs;
    return this.#recordQueue(() =>
      translated(
        this.#removeThose(
          (image) =>
            image.lastUsedAt.getTime() <= before && !this.#isBusy(image) && !isWanted(image.reference),
        ),
      ),
    );
  }

  /**
   * Lets go of what agents before this one held when they were killed. What they had begun to download stays for a day,
   * so that the next pull continues it. To be called once, before anything else.
   */
  async recover(): Promise<void> {
    const { contents } = this.#parts;
    await translated(
      (async () => {
        await contents.keepUnfinished(await contents.unfinished());
        const leases = await this.#leases.endStale();
        if (leases > 0) this.#logger.info({ leases }, 'Took up where an earlier agent was fetching images');
      })(),
    );
  }

  /** Ends connections to registries. */
  close(): void {
    this.#transport.close();
  }

  async #find(name: ImageName): Promise<ReadyImage | null> {
    const record = await this.#records.get(name.reference);
    const content = record && (await this.#readContent(record));
    if (!content || !(await this.#parts.unpacker.has(content.chainId))) return null;
    await this.#recordQueue(() => this.#records.touch(record));
    return toReadyImage(record.reference, record.target.digest, content);
  }

  async #readContent({ target }: ImageRecord): Promise<ImageContent | null> {
    const known = this.#remembered.get(target.digest);
    if (known) return known;
    try {
      const { content } = await readStoredImage(this.#parts.contents, target);
      this.#remember(target.digest, content);
      return content;
    } catch (error) {
      if (hasCode(error, GrpcCode.notFound)) return null;
      throw error;
    }
  }

  #remember(digest: string, content: ImageContent): void {
    if (this.#remembered.size >= maxRemembered) this.#remembered.clear();
    this.#remembered.set(digest, content);
  }

  async #fetch(
    name: ImageName,
    options: {
      login: RegistryLogin | null;
      refresh: boolean;
      report(progress: Progress): void;
      signal: AbortSignal;
    },
  ): Promise<ReadyImage> {
    const { reference } = name;
    const { login, report: onProgress, signal } = options;
    this.#pulling.set(reference, (this.#pulling.get(reference) ?? 0) + 1);
    try {
      return await this.#leases.hold(async (lease) => {
        const session = new RegistrySession(this.#transport, name, login, this.#retryDelaysMs);
        const { target, content } = await pullImage(this.#parts, {
          name,
          session,
          lease,
          onProgress,
          signal,
        });
        await this.#records.put(reference, target);
        this.#remember(target.digest, content);
        this.#logger.info({ reference, digest: target.digest }, 'Fetched an image');
        return toReadyImage(reference, target.digest, content);
      });
    } finally {
      const others = (this.#pulling.get(reference) ?? 1) - 1;
      if (others > 0) this.#pulling.set(reference, others);
      else this.#pulling.delete(reference);
    }
  }

  async #list(): Promise<ImageSummary[]> {
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

  async #measureAll() {
    const scale = new ImageScale(this.#client, this.#parts.contents, this.#parts.snapshotter);
    const [records, { containers }] = await Promise.all([
      this.#records.list(),
      this.#client.call(containersApi.list, {}),
    ]);
    const measured = [];
    for (const record of records) {
      const usedBy = containers.filter(({ image }) => isSame(image, record.reference)).map(({ id }) => id);
      measured.push({ record, usedBy, sizes: await scale.measure(record) });
    }
    return measured;
  }

  async #removeThose(isToGo: (image: { reference: string; lastUsedAt: Date; usedBy: string[] }) => boolean) {
    const measured = await this.#measureAll();
    const going = measured.filter(({ record, usedBy }) => isToGo({ ...record, usedBy }));
    const staying = measured.filter((image) => !going.includes(image));
    const removed = going.map(({ record }) => record.reference);
    await this.#records.remove(removed);
    for (const reference of removed) this.#logger.info({ reference }, 'Removed an image');
    const sizesOf = (images: typeof measured) => images.map(({ sizes }) => sizes);
    return { removed, freedBytes: freedBytes(sizesOf(going), sizesOf(staying)) };
  }

  #isBusy({ reference, usedBy }: { reference: string; usedBy: string[] }): boolean {
    return usedBy.length > 0 || this.#pulling.has(reference);
  }
}

function toReadyImage(reference: string, digest: string, { chainId, config }: ImageContent): ReadyImage {
  return { reference, digest, chainId, config };
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

async function translated<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw toImageError(error);
  }
}
