/** Takes a stream of bytes apart, without copying what lies whole in one piece. */
export class ByteReader {
  readonly #pieces: AsyncIterator<Buffer>;
  #piece: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#pieces = source[Symbol.asyncIterator]();
  }

  /** Exactly so many bytes, fewer only at the end. */
  async take(length: number): Promise<Buffer> {
    if (this.#piece.length >= length) return this.#cut(length);
    const parts: Buffer[] = [];
    let missing = length;
    for await (const part of this.chunks(length)) {
      parts.push(part);
      missing -= part.length;
    }
    return Buffer.concat(parts, length - missing);
  }

  /** So many bytes as they come, fewer only at the end. */
  async *chunks(length: number): AsyncGenerator<Buffer, void> {
    for (let left = length; left > 0; ) {
      if (this.#piece.length === 0 && !(await this.#next())) return;
      const part = this.#cut(Math.min(left, this.#piece.length));
      left -= part.length;
      yield part;
    }
  }

  /** False when there were not so many. */
  async skip(length: number): Promise<boolean> {
    let left = length;
    for await (const part of this.chunks(length)) left -= part.length;
    return left === 0;
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  async #next(): Promise<boolean> {
    const { done, value } = await this.#pieces.next();
    if (done) return false;
    this.#piece = value;
    return true;
  }

  #cut(length: number): Buffer {
    const part = this.#piece.subarray(0, length);
    this.#piece = this.#piece.subarray(length);
    return part;
  }
}
