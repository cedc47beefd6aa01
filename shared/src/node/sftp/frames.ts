import { MalformedPacket, mostPacketBytes } from './protocol.ts';

export const lengthBytes = 4;
const header = { type: lengthBytes, id: lengthBytes + 1, code: lengthBytes + 5 };

/** Between panel and agent: says that the other side is there. Clients must not send it. */
export const keepAlive = Buffer.alloc(lengthBytes);

export const isKeepAlive = (frame: Buffer): boolean => frame.length === lengthBytes;

/** Puts the length before a packet. */
export function frameOf(...parts: readonly Uint8Array[]): Buffer {
  let length = 0;
  for (const part of parts) length += part.length;
  const frame = Buffer.allocUnsafe(lengthBytes + length);
  frame.writeUInt32BE(length);
  let position = lengthBytes;
  for (const part of parts) {
    frame.set(part, position);
    position += part.length;
  }
  return frame;
}

/** Cuts a stream of bytes into frames, each a packet with its length before it. */
export class FrameCutter {
  #parts: Buffer[] = [];
  #heldBytes = 0;
  #neededBytes = lengthBytes;

  /** Whether the stream may end here. */
  get isBetweenFrames(): boolean {
    return this.#heldBytes === 0;
  }

  /** The frames that are whole now. Throws MalformedPacket for one that is too long. */
  *push(chunk: Buffer): Generator<Buffer, void> {
    this.#parts.push(chunk);
    this.#heldBytes += chunk.length;
    while (this.#heldBytes >= this.#neededBytes) {
      const held = this.#join();
      const frameBytes = lengthBytes + lengthOf(held);
      if (held.length < frameBytes) {
        this.#neededBytes = frameBytes;
        return;
      }
      this.#parts = held.length > frameBytes ? [held.subarray(frameBytes)] : [];
      this.#heldBytes -= frameBytes;
      this.#neededBytes = lengthBytes;
      yield held.subarray(0, frameBytes);
    }
  }

  #join(): Buffer {
    const [first] = this.#parts;
    const joined = this.#parts.length === 1 && first ? first : Buffer.concat(this.#parts);
    this.#parts = [joined];
    return joined;
  }
}

/** All frames of a stream, in batches as they come. Throws MalformedPacket also when it ends inside one. */
export async function* framesOf(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  const cutter = new FrameCutter();
  for await (const chunk of source) yield* cutter.push(chunk);
  if (!cutter.isBetweenFrames) throw new MalformedPacket('The stream ends in the middle of a packet');
}

/** What an answer says of itself. */
export interface AnswerHead {
  type: number;
  id: number;
  /** Of a status; undefined in other answers. */
  code: number | undefined;
}

const mostHeadBytes = header.code + 4;

/**
 * Reads along as answers pass, without waiting for them to be whole: tells the head of each, and gives what is to be
 * passed on, which is all but the signs of life.
 */
export class AnswerScanner {
  readonly #onHead: (head: AnswerHead) => void;
  #head = Buffer.alloc(0);
  #bytesToPass = 0;

  constructor(onHead: (head: AnswerHead) => void) {
    this.#onHead = onHead;
  }

  /** Throws MalformedPacket for what is no answer. */
  *push(chunk: Buffer): Generator<Buffer, void> {
    let start = 0;
    let position = 0;
    while (position < chunk.length) {
      if (this.#bytesToPass > 0) {
        const passed = Math.min(this.#bytesToPass, chunk.length - position);
        this.#bytesToPass -= passed;
        position += passed;
        continue;
      }
      // Of most answers the head is in one piece, and the chunk goes on as it is.
      const held = this.#head.length;
      const head = Buffer.concat([this.#head, chunk.subarray(position, position + mostHeadBytes - held)]);
      if (head.length < lengthBytes || (lengthOf(head) > 0 && head.length < wantedOf(head))) {
        if (position > start) yield chunk.subarray(start, position);
        this.#head = head;
        return;
      }
      this.#head = Buffer.alloc(0);
      const frameBytes = lengthBytes + lengthOf(head);
      if (frameBytes === lengthBytes) {
        if (position > start) yield chunk.subarray(start, position);
        position += lengthBytes - held;
        start = position;
        continue;
      }
      this.#onHead(headOf(head));
      if (held > 0) yield head.subarray(0, held);
      this.#bytesToPass = frameBytes - held;
    }
    if (position > start) yield chunk.subarray(start, position);
  }
}

const isStatus = (head: Buffer) => head[header.type] === 101;

/** How much of a frame it takes to know what it is. */
function wantedOf(head: Buffer): number {
  if (head.length <= header.type) return header.type + 1;
  const wanted = isStatus(head) ? mostHeadBytes : header.code;
  return Math.min(wanted, lengthBytes + lengthOf(head));
}

function headOf(head: Buffer): AnswerHead {
  const type = head.readUInt8(header.type);
  if (head.length < header.code || lengthOf(head) < 5) throw new MalformedPacket('An answer has no number');
  const hasCode = isStatus(head) && head.length >= mostHeadBytes;
  return {
    type,
    id: head.readUInt32BE(header.id),
    code: hasCode ? head.readUInt32BE(header.code) : undefined,
  };
}

function lengthOf(frame: Buffer): number {
  const length = frame.readUInt32BE();
  if (length > mostPacketBytes) throw new MalformedPacket('A packet is too long');
  return length;
}
