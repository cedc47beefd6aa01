import { contentApi } from '../api/content.ts';
import { leasesApi } from '../api/leases.ts';
import type { ContainerdClient } from '../containerd-client.ts';
import { GrpcCode, hasCode } from '../grpc/grpc-error.ts';
import { isWrongDigest } from './containerd-fault.ts';
import { type Descriptor, digestOf } from './image-manifest.ts';
import { IngestStream, parseRef, refOf, type Unfinished } from './ingest-stream.ts';
import { KeyedQueue } from './keyed-queue.ts';

export interface KeepOptions {
  labels: Readonly<Record<string, string>>;
  lease: string;
  signal: AbortSignal;
}

export interface IngestOptions extends KeepOptions {
  /** The content's bytes from an offset on. */
  source(offset: number): AsyncIterable<Uint8Array>;
  /** How much of it is there: at first what an earlier attempt left. */
  onBytes?(bytes: number): void;
}

/** What containerd keeps by digest: manifests, configurations, packed layers. Rejects with what containerd answers. */
export class ContentStore {
  readonly #client: ContainerdClient;
  readonly #writing = new KeyedQueue();

  constructor(client: ContainerdClient) {
    this.#client = client;
  }

  /** All of a small content, or the beginning of a larger one; rejects with `notFound` when it is not there. */
  async read(digest: string, maxBytes: number): Promise<Buffer> {
    const { info } = await this.#client.call(contentApi.info, { digest });
    const size = Math.min(info?.size ?? 0, maxBytes);
    if (size === 0) return Buffer.alloc(0);
    const chunks: Uint8Array[] = [];
    for await (const { data } of await this.#client.stream(contentApi.read, { digest, size }))
      chunks.push(data);
    return Buffer.concat(chunks);
  }

  /** Writes something small; answers its descriptor. */
  async put(bytes: Uint8Array, mediaType: string, options: KeepOptions): Promise<Descriptor> {
    const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length };
    const source = async function* (offset: number) {
      yield bytes.subarray(offset);
    };
    await this.ingest(descriptor, { ...options, source });
    return descriptor;
  }

  /**
   * Makes sure that a content is there, with these labels, under the lease. Continues what an earlier attempt left,
   * also of an agent that was killed. containerd refuses what does not have the digest.
   */
  ingest(descriptor: Descriptor, options: IngestOptions): Promise<void> {
    return this.#writing.run(descriptor.digest, options.signal, async () => {
      try {
        const resumedFrom = await this.#ingestOnce(descriptor, options);
        // It may have been what was left there that is wrong.
        if (resumedFrom > 0) await this.#ingestOnce(descriptor, options);
      } catch (error) {
        if (!hasCode(error, GrpcCode.alreadyExists)) throw error;
        options.onBytes?.(descriptor.size);
        await this.label(descriptor.digest, options.labels);
      }
    });
  }

  /**
   * Keeps content whose digest is known only when all of it was read; `digest` is asked then. Answers the digest.
   * Nothing is left of it when that, or anything else, throws.
   */
  async ingestUnnamed(
    ref: string,
    size: number,
    body: AsyncIterable<Uint8Array>,
    { lease, signal, digest }: { lease: string; signal: AbortSignal; digest(): string },
  ): Promise<string> {
    using stream = await IngestStream.open(this.#client, { ref, size, digest: null }, { lease, signal });
    let found: string | undefined;
    try {
      await stream.writeFrom(body, () => {});
      found = digest();
      await stream.commit({}, found);
      return found;
    } catch (error) {
      await this.#abort(ref).catch(() => {});
      if (found === undefined || !hasCode(error, GrpcCode.alreadyExists)) throw error;
      await this.#client.call(leasesApi.addResource, { id: lease, resource: { id: found, type: 'content' } });
      return found;
    }
  }

  /** Adds labels to what is there. */
  async label(digest: string, labels: Readonly<Record<string, string>>): Promise<void> {
    const paths = Object.keys(labels).map((name) => `labels.${name}`);
    if (paths.length === 0) return;
    await this.#client.call(contentApi.update, { info: { digest, labels }, updateMask: { paths } });
  }

  /** Throws away what is not yet whole of it, unless another pull is writing it. Does nothing when there is none. */
  async discard(target: Unfinished): Promise<void> {
    if (!this.#writing.isBusy(target.digest)) await this.#abort(refOf(target));
  }

  /** Contents of ours that are not yet whole. */
  async unfinished(): Promise<Unfinished[]> {
    const { statuses } = await this.#client.call(contentApi.listStatuses, {});
    return statuses.flatMap(({ ref }) => parseRef(ref) ?? []);
  }

  /** What is not yet whole outlives the lease it was begun under, for a day, so that a later pull can continue it. */
  async keepUnfinished(targets: readonly Unfinished[]): Promise<void> {
    const unfinished = new Set((await this.unfinished()).map(refOf));
    for (const target of targets) {
      // Whoever is writing it has a lease of its own.
      if (!unfinished.has(refOf(target)) || this.#writing.isBusy(target.digest)) continue;
      try {
        // Opened without a lease, containerd gives it an end of its own.
        using _ = await IngestStream.open(this.#client, toTarget(target), {});
      } catch (error) {
        if (!hasCode(error, GrpcCode.alreadyExists) && !hasCode(error, GrpcCode.unavailable)) throw error;
      }
    }
  }

  /** Zero when it is done; else there is nothing left, and so many bytes that were there before did not fit. */
  async #ingestOnce(descriptor: Descriptor, options: IngestOptions): Promise<number> {
    using stream = await IngestStream.open(this.#client, toTarget(descriptor), options);
    try {
      await stream.writeFrom(options.source(stream.resumedFrom), options.onBytes ?? (() => {}));
      await stream.commit(options.labels);
      return 0;
    } catch (error) {
      if (!isWrongDigest(error)) throw error;
      await this.#abort(refOf(descriptor));
      if (stream.resumedFrom === 0) throw error;
      return stream.resumedFrom;
    }
  }

  async #abort(ref: string): Promise<void> {
    await this.#client.call(contentApi.abort, { ref }).catch((error) => {
      if (!hasCode(error, GrpcCode.notFound)) throw error;
    });
  }
}

const toTarget = (unfinished: Unfinished) => ({ ...unfinished, ref: refOf(unfinished) });
