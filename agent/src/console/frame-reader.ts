import type { FileHandle } from 'node:fs/promises';
import { type Frame, nextFrame } from './history-frame.ts';

/** Reads pieces of a segment into one buffer: what a read gave is valid until the next. */
export class FrameReader implements AsyncDisposable {
  readonly #file: FileHandle;
  readonly #size: number;
  #buffer = Buffer.allocUnsafe(0);

  constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.#size = size;
  }

  /** At least as many bytes as it takes to meet a whole frame; `first` is null when there is none up to the end. */
  async read(offset: number, bytes: number): Promise<{ buffer: Buffer; first: Frame | null }> {
    for (let length = bytes; ; length *= 2) {
      const wanted = Math.max(0, Math.min(length, this.#size - offset));
      if (this.#buffer.length < wanted) this.#buffer = Buffer.allocUnsafe(wanted);
      const { bytesRead } = await this.#file.read(this.#buffer, 0, wanted, offset);
      const buffer = this.#buffer.subarray(0, bytesRead);
      const first = nextFrame(buffer, 0);
      if (first !== null || offset + length >= this.#size) return { buffer, first };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}
