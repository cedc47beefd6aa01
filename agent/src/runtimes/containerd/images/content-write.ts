import { contentApi, WriteAction } from '../api/content.ts';
import type { ActiveCall } from '../grpc/active-call.ts';
import type { Message } from '../grpc/message.ts';
import type { BidiMethod } from '../grpc/method.ts';

type Written<Method> = Method extends BidiMethod<infer Request, infer Response> ? [Request, Response] : never;
type WriteRequest = Written<typeof contentApi.write>[0];
type WriteResponse = Written<typeof contentApi.write>[1];

export type WriteCall = ActiveCall<Uint8Array, WriteResponse>;

const { request } = contentApi.write;

/** Content.Write with requests that are encoded already. */
export const writeContent: BidiMethod<Uint8Array, WriteResponse> = {
  ...contentApi.write,
  request: { encode: (message) => message, decode: request.decode } satisfies Message<unknown, Uint8Array>,
};

export function encodeWrite(message: WriteRequest): Uint8Array {
  return request.encode(message);
}

const chunkBytes = 1024 * 1024;
const prefixBytes = 1024;
/** Field 6, bytes of a length that follows. */
const dataTag = 6 * 8 + 2;

/**
 * Gathers bytes in the very place they are sent from. A new buffer at each of the usual layers would cost more than all
 * other work of a download together, in collecting garbage.
 */
export class WriteChunk {
  readonly #buffer = Buffer.allocUnsafeSlow(prefixBytes + chunkBytes);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get isFull(): boolean {
    return this.#length === chunkBytes;
  }

  /** Takes as much as there is room for; answers the rest. */
  add(bytes: Uint8Array): Uint8Array {
    const taken = bytes.subarray(0, chunkBytes - this.#length);
    this.#buffer.set(taken, prefixBytes + this.#length);
    this.#length += taken.length;
    return bytes.subarray(taken.length);
  }

  /** The request that writes these bytes, valid until the next are added; it is empty again. */
  take(ref: string, offset: number): Uint8Array {
    const fields = encodeWrite({ action: WriteAction.write, ref, offset });
    const prefix = [...fields, dataTag, ...varint(this.#length)];
    const start = prefixBytes - prefix.length;
    this.#buffer.set(prefix, start);
    const message = this.#buffer.subarray(start, prefixBytes + this.#length);
    this.#length = 0;
    return message;
  }
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest & 127) | 128);
  }
}
