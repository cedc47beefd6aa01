import { GrpcCode, GrpcError } from './grpc-error.ts';

const headerBytes = 5;

/** A message as it travels: not compressed, its length, its bytes. */
export function toFrame(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(headerBytes + message.length);
  frame.writeUInt8(0, 0);
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, headerBytes);
  return frame;
}

/** Puts the messages of a stream together again, however it was cut into chunks. */
export class FrameReader {
  readonly #maxMessageBytes: number;
  #chunks: Uint8Array[] = [];
  #waitingBytes = 0;
  #neededBytes = headerBytes;

  constructor(maxMessageBytes: number) {
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** The messages that are complete with this chunk. Throws when it is none of gRPC's, or larger than allowed. */
  push(chunk: Uint8Array): Uint8Array[] {
    this.#chunks.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#waitingBytes < this.#neededBytes) return [];
    let rest: Uint8Array = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    const messages: Uint8Array[] = [];
    for (;;) {
      this.#neededBytes = rest.length < headerBytes ? headerBytes : headerBytes + this.#messageBytes(rest);
      if (rest.length < this.#neededBytes) break;
      messages.push(rest.subarray(headerBytes, this.#neededBytes));
      rest = rest.subarray(this.#neededBytes);
    }
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#waitingBytes = rest.length;
    return messages;
  }

  /** Throws when the stream ended within a message. */
  end(): void {
    if (this.#waitingBytes > 0) throw new GrpcError(GrpcCode.internal, 'The answer ends within a message');
  }

  #messageBytes(header: Uint8Array): number {
    if (header[0] !== 0)
      throw new GrpcError(GrpcCode.internal, 'The answer is compressed, or no answer of gRPC');
    const length = new DataView(header.buffer, header.byteOffset).getUint32(1);
    if (length > this.#maxMessageBytes) {
      throw new GrpcError(
        GrpcCode.resourceExhausted,
        `An answer of ${length} bytes is more than is accepted`,
      );
    }
    return length;
  }
}
