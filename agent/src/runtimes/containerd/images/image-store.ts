import type { Readable } from 'node:stream';
import type { TrustedRegistry } from '@catalyst/shared/features/server-spec';
import type { Logger } from '../../../logger.ts';
import { oneAtATime } from '../../../one-at-a-time.ts';
import type { Progress } from '../../runtime.ts';
import type { ContainerdClient } from '../containerd-client.ts';
import { GrpcCode, hasCode } from '../grpc/grpc-error.ts';
import { importArchive } from './archive/archive-import.ts';
import { toImageError } from './containerd-fault.ts';
import { ContentStore } from './content-store.ts';
import { type ImageContent, readStoredImage } from './image-content.ts';
import { ImageInventory, type ImageSummary, type PruneOptions } from './image-inventory.ts';
import { ImageLeases } from './image-leases.ts';
import type { Descriptor, ImageConfig } from './image-manifest.ts';
import { type ImageParts, pullImage } from './image-pull.ts';
import { type ImageRecord, ImageRecords } from './image-records.ts';
import { type ImageName, parseImageName, trustIn } from './image-reference.ts';
import { RegistrySession } from './registry/registry-session.ts';
import { RegistryTransport, type TransportOptions } from './registry/registry-transport.ts';
import { SharedWorks } from './shared-works.ts';
import { SnapshotUnpacker } from './snapshot-unpacker.ts';

export interface ImageStoreOptions {
  client: ContainerdClient;
  snapshotter: string;
  logger: Pick<Logger, 'info'>;
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
  /** The one that the image is in is trusted; the others are left aside. */
  registries?: readonly TrustedRegistry[];
  onProgress?(progress: Progress): void;
  signal?: AbortSignal;
  /** Asks the registry also when the image is here: its tag may point at something newer. */
  refresh?: boolean;
}

export interface ImportOptions {
  /** What to call the image instead of the names that the archive has for it; for archives of one image. */
  reference?: string;
  /** Of the archive, where it is known. */
  totalBytes?: number;
  onProgress?(progress: Progress): void;
  signal?: AbortSignal;
}

const never = new AbortController().signal;
const maxRemembered = 200;

/**
 * The images of this machine. Errors are sentences for people: `invalid_input` when the image cannot be had as it is
 * asked for, `disk_full`, and `unavailable` when a later attempt may succeed.
 */
export class ImageStore {
  readonly #logger: ImageStoreOptions['logger'];
  readonly #transport: RegistryTransport;
  readonly #retryDelaysMs: readonly number[] | undefined;
  readonly #parts: ImageParts;
  readonly #records: ImageRecords;
  readonly #leases: ImageLeases;
  readonly #inventory: ImageInventory;
  readonly #fetches = new SharedWorks<ReadyImage>();
  /** How many are fetching what a name points at. */
  readonly #fetching = new Map<string, number>();
  /** Removing looks first and acts then: nothing may come to use an image in between. */
  readonly #recordQueue = oneAtATime();
  /** What a digest stands for never changes. */
  readonly #remembered = new Map<string, ImageContent>();

  constructor({ client, snapshotter, logger, registries = {} }: ImageStoreOptions) {
    this.#logger = logger;
    this.#transport = new RegistryTransport(registries);
    this.#retryDelaysMs = registries.retryDelaysMs;
    const contents = new ContentStore(client);
    this.#parts = { contents, unpacker: new SnapshotUnpacker(client, snapshotter), snapshotter };
    this.#records = new ImageRecords(client);
    this.#leases = new ImageLeases(client);
    const isBeingFetched = (reference: string) => this.#fetching.has(reference);
    this.#inventory = new ImageInventory({
      ...this.#parts,
      client,
      logger,
      records: this.#records,
      isBeingFetched,
    });
  }

  /** The image when it is here, without any network; null when it, or a part of it, is not. */
  async find(reference: string): Promise<ReadyImage | null> {
    return inSentences(this.#find(parseImageName(reference)));
  }

  /**
   * The image, fetched when it is not here. Several who want the same at once share one download; each sees all of its
   * progress, and it goes on as long as one of them wants it.
   */
  async ensure(reference: string, options: EnsureOptions = {}): Promise<ReadyImage> {
    const { registries = [], onProgress = () => {}, signal = never, refresh = false } = options;
    const name = parseImageName(reference);
    const found = refresh ? null : await this.find(name.reference);
    if (found) return found;
    // Who gives another login, or none, may not be let in by that of others.
    const key = JSON.stringify([name.reference, trustIn(name.registry, registries), refresh]);
    const fetch = (report: (progress: Progress) => void, stop: AbortSignal) =>
      inSentences(this.#fetch(name, { registries, refresh, onProgress: report, signal: stop }));
    return this.#fetches.join(key, fetch, onProgress, signal);
  }

  /** The images of an archive: a layout of OCI or what `docker save` writes, packed by gzip or not. Ends the stream. */
  async import(archive: Readable, options: ImportOptions = {}): Promise<ReadyImage[]> {
    const { onProgress = () => {}, signal = never } = options;
    // It may break before anybody reads it; who reads it is told.
    archive.on('error', () => {});
    const keepAll = async (lease: string) => {
      const imported = await importArchive(this.#parts, archive, { ...options, lease, onProgress, signal });
      const ready: ReadyImage[] = [];
      for (const { references, target, content } of imported) {
        for (const reference of references) ready.push(await this.#keep(reference, target, content));
      }
      return ready;
    };
    // Parts for other machines, and whatever else was in it.
    return inSentences(this.#leases.hold(keepAll, { mayLeaveGarbage: true }));
  }

  async list(): Promise<ImageSummary[]> {
    return inSentences(this.#inventory.list());
  }

  /** Rejects with `not_found`, or with `conflict` while it is in use or being fetched. */
  async remove(reference: string): Promise<{ freedBytes: number }> {
    const name = parseImageName(reference);
    return this.#recordQueue(() => inSentences(this.#inventory.remove(name.reference)));
  }

  /** Removes the images that no server is made of or may start from, and that nobody used for some days. */
  async prune(options: PruneOptions): Promise<{ removed: string[]; freedBytes: number }> {
    return this.#recordQueue(() => inSentences(this.#inventory.prune(options)));
  }

  /**
   * Lets go of what agents before this one held when they were killed. What they had begun to download stays for a day,
   * so that the next pull continues it. To be called once, before anything else.
   */
  async recover(): Promise<void> {
    const { contents } = this.#parts;
    const recovering = async () => {
      await contents.keepUnfinished(await contents.unfinished());
      const leases = await this.#leases.endStale();
      if (leases > 0) this.#logger.info({ leases }, 'Let go of images that an earlier agent was fetching');
    };
    await inSentences(recovering());
  }

  /** Ends connections to registries. */
  close(): void {
    this.#transport.close();
  }

  async #find({ reference }: ImageName): Promise<ReadyImage | null> {
    const record = await this.#records.get(reference);
    const content = record && (await this.#readContent(record));
    if (!content || !(await this.#parts.unpacker.has(content.chainId))) return null;
    await this.#recordQueue(() => this.#records.touch(record));
    return toReadyImage(reference, record.target, content);
  }

  async #fetch(name: ImageName, options: Required<EnsureOptions>): Promise<ReadyImage> {
    const { reference } = name;
    const { registries, refresh, onProgress, signal } = options;
    this.#fetching.set(reference, (this.#fetching.get(reference) ?? 0) + 1);
    try {
      return await this.#leases.hold(async (lease) => {
        const unpacked = refresh ? null : await this.#unpackStored(reference, lease, signal);
        if (unpacked) return unpacked;
        const session = new RegistrySession(this.#transport, name, registries, this.#retryDelaysMs);
        const pulled = await pullImage(this.#parts, { name, session, lease, onProgress, signal });
        return this.#keep(reference, pulled.target, pulled.content);
      });
    } finally {
      const others = (this.#fetching.get(reference) ?? 1) - 1;
      if (others > 0) this.#fetching.set(reference, others);
      else this.#fetching.delete(reference);
    }
  }

  /** Content may be here without its snapshots; then there is no need for a registry. */
  async #unpackStored(reference: string, lease: string, signal: AbortSignal): Promise<ReadyImage | null> {
    const record = await this.#records.get(reference);
    const content = record && (await this.#readContent(record));
    if (!content) return null;
    try {
      for (const layer of content.layers) await this.#parts.unpacker.unpack(layer, lease, signal);
      return toReadyImage(reference, record.target, content);
    } catch (error) {
      if (hasCode(error, GrpcCode.notFound)) return null;
      throw error;
    }
  }

  /** Null when a part of it is not here. */
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

  async #keep(reference: string, target: Descriptor, content: ImageContent): Promise<ReadyImage> {
    await this.#records.put(reference, target);
    this.#remember(target.digest, content);
    this.#logger.info({ reference, digest: target.digest }, 'Fetched an image');
    return toReadyImage(reference, target, content);
  }

  #remember(digest: string, content: ImageContent): void {
    if (this.#remembered.size >= maxRemembered) this.#remembered.clear();
    this.#remembered.set(digest, content);
  }
}

function toReadyImage(
  reference: string,
  { digest }: Descriptor,
  { chainId, config }: ImageContent,
): ReadyImage {
  return { reference, digest, chainId, config };
}

async function inSentences<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw toImageError(error);
  }
}
