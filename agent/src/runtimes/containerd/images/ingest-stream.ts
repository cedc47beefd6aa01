import { setTimeout as delay } from 'node:timers/promises';
import { WriteAction } from '../api/content.ts';
import type { ContainerdClient } from '../containerd-client.ts';
import { GrpcCode, GrpcError, hasCode } from '../grpc/grpc-error.ts';
import { encodeWrite, type WriteCall, WriteChunk, writeContent } from './content-write.ts';
import type { Descriptor } from './image-manifest.ts';

const refPattern = /^catalyst-(\d{1,15})-(sha256:[0-9a-f]{64})$/;
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
    { lease, signal }: { lease?: string; signal?: AbortSignal },
  ): Promise<IngestStream> {
    for (let attempt = 0; ; attempt++) {
      const call = await client.bidi(writeContent, { lease, signal, timeoutMs: null });
      try {
        const { ref, digest, size: total } = target;
        await call.send(encodeWrite({ action: WriteAction.stat, ref, total, expected: digest ?? '' }));
        return new IngestStream(call, target, (await answerOf(call)).offset);
      } catch (error) {
        call.cancel();
        const waitMs = lockRetriesMs[attempt];
        if (!hasCode(error, GrpcCode.unavailable) || waitMs === undefined) throw error;
        await delay(waitMs, undefined, { signal });
      }
    }
  }

  /** Writes all that is missing; the next piece is gathered while one is written. */
  async writeFrom(rest: AsyncIterable<Uint8Array>, onBytes: (bytes: number) => void): Promise<void> {
    const chunk = new WriteChunk();
    let written = this.resumedFrom;
    let pending = Promise.resolve();
    const flush = async () => {
      await pending;
      const offset = written;
      written += chunk.length;
      const end = written;
      pending = this.#write(chunk.take(this.#target.ref, offset), end).then(() => onBytes(end));
      // Seen at the next await; the source may fail before.
      pending.catch(() => {});
    };
    try {
      onBytes(written);
      for await (const part of rest) {
        for (let bytes = part; bytes.length > 0; ) {
          bytes = chunk.add(bytes);
          if (chunk.isFull) await flush();
        }
      }
      if (chunk.length > 0) await flush();
      await pending;
    } finally {
      await pending.catch(() => {});
    }
  }

  /** Rejects with `failedPrecondition` when the bytes are not those of the digest. */
  async commit(labels: Readonly<Record<string, string>>, digest = this.#target.digest): Promise<void> {
    const { ref, size } = this.#target;
    const expected = digest ?? '';
    const request = { action: WriteAction.commit, ref, total: size, expected, offset: size, labels };
    await this.#call.send(encodeWrite(request));
    await answerOf(this.#call);
  }

  [Symbol.dispose](): void {
    this.#call.cancel();
  }

  /** The message is copied before this returns its promise. */
  async #write(message: Uint8Array, end: number): Promise<void> {
    await this.#call.send(message);
    const answer = await answerOf(this.#call);
    if (answer.offset !== end) {
      throw new GrpcError(GrpcCode.dataLoss, 'containerd wrote less than it was given');
    }
  }
}

async function answerOf(call: WriteCall) {
  const answer = await call.receive();
  if (!answer) throw new GrpcError(GrpcCode.internal, 'containerd ended the writing of content');
  return answer;
}
