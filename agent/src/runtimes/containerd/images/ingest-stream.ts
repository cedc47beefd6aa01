import { setTimeout as delay } from 'node:timers/promises';
import { contentApi, WriteAction } from '../api/content.ts';
import type { ContainerdClient } from '../containerd-client.ts';
import type { ActiveCall } from '../grpc/active-call.ts';
import { GrpcCode, GrpcError, hasCode } from '../grpc/grpc-error.ts';
import type { BidiMethod } from '../grpc/method.ts';
import type { Descriptor } from './image-manifest.ts';

const refPattern = /^catalyst-(\d{1,15})-(sha256:[0-9a-f]{64})$/;
const chunkBytes = 1024 * 1024;
/** containerd takes a moment to see that who wrote before is gone. */
const lockRetriesMs = [50, 100, 200, 400, 800, 1600, 3200];

/** What content is to become. */
export type Unfinished = Pick<Descriptor, 'digest' | 'size'>;

interface IngestTarget {
  /** Names the attempt: whoever opens the same name again continues it. */
  ref: string;
  size: number;
  /** Null while nobody knows. */
  digest: string | null;
}
type WriteCall =
  typeof contentApi.write extends BidiMethod<infer Request, infer Response>
    ? ActiveCall<Request, Response>
    : never;

/** The name of content that is not yet whole: it says what it is to become. */
export const refOf = ({ size, digest }: Unfinished) => `catalyst-${size}-${digest}`;

/** What becomes of an ingest of ours; null for those of others. */
export function parseRef(ref: string): Unfinished | null {
  const [, size, digest] = refPattern.exec(ref) ?? [];
  return digest === undefined ? null : { size: Number(size), digest };
}

/** Content on its way into containerd. */
export class IngestStream implements Disposable {
  /** So many bytes are there from an earlier attempt. */
  readonly resumedFrom: number;
  readonly #call: WriteCall;
  readonly #target: IngestTarget;

  private constructor(call: WriteCall, target: IngestTarget, resumedFrom: number) {
    this.#call = call;
    this.#target = target;
    this.resumedFrom = resumedFrom;
  }

  /** Rejects with `alreadyExists` when the content is there; it is under the lease then. */
  static async open(
    client: ContainerdClient,
    target: IngestTarget,
    { lease, signal, waitsForLock = true }: { lease?: string; signal?: AbortSignal; waitsForLock?: boolean },
  ): Promise<IngestStream> {
    for (let attempt = 0; ; attempt++) {
      const call = await client.bidi(contentApi.write, { lease, signal, timeoutMs: null });
      try {
        const { ref, digest, size: total } = target;
        await call.send({ action: WriteAction.stat, ref, total, expected: digest ?? '' });
        return new IngestStream(call, target, (await answerOf(call)).offset);
      } catch (error) {
        call.cancel();
        const waitMs = waitsForLock ? lockRetriesMs[attempt] : undefined;
        if (!hasCode(error, GrpcCode.unavailable) || waitMs === undefined) throw error;
        await delay(waitMs, undefined, { signal });
      }
    }
  }

  /** Writes all that is missing; the next piece is fetched while one is written. */
  async writeFrom(rest: AsyncIterable<Uint8Array>, onBytes: (bytes: number) => void): Promise<void> {
    let written = this.resumedFrom;
    let pending = Promise.resolve();
    try {
      onBytes(written);
      for await (const data of inChunks(rest)) {
        await pending;
        const offset = written;
        written += data.length;
        pending = this.#write(offset, data).then(() => onBytes(offset + data.length));
        // Seen at the next await; the source may fail before.
        pending.catch(() => {});
      }
      await pending;
    } finally {
      await pending.catch(() => {});
    }
  }

  /** Rejects with `failedPrecondition` when the bytes are not those of the digest. */
  async commit(labels: Readonly<Record<string, string>>, digest = this.#target.digest): Promise<void> {
    const { ref, size } = this.#target;
    await this.#call.send({
      action: WriteAction.commit,
      ref,
      total: size,
      expected: digest ?? '',
      offset: size,
      labels,
    });
    await answerOf(this.#call);
  }

  [Symbol.dispose](): void {
    this.#call.cancel();
  }

  async #write(offset: number, data: Uint8Array): Promise<void> {
    await this.#call.send({ action: WriteAction.write, ref: this.#target.ref, offset, data });
    const answer = await answerOf(this.#call);
    if (answer.offset !== offset + data.length) {
      throw new GrpcError(GrpcCode.dataLoss, 'containerd wrote less than it was given');
    }
  }
}

async function answerOf(call: WriteCall) {
  const answer = await call.receive();
  if (!answer) throw new GrpcError(GrpcCode.internal, 'containerd ended the writing of content');
  return answer;
}

async function* inChunks(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of source) {
    waiting.push(part);
    bytes += part.length;
    if (bytes < chunkBytes) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}
