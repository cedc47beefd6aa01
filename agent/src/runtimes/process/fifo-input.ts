import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { closedInput, fullInput, maxWaitingBytes, type StandardInput } from './standard-input.ts';

/** Writes of up to this size go into a pipe whole or not at all. */
const atomicBytes = 4096;

/**
 * Standard input through a FIFO that the game itself holds open for reading and writing: it never sees an end, and what
 * is in the pipe outlives the agent. The pipe (64 KiB) is the queue; opened without blocking for every write.
 */
export class FifoInput implements StandardInput {
  readonly #path: string;
  /** The end of a long write that the pipe had no room for. */
  #rest: Uint8Array = new Uint8Array();
  #retry: NodeJS.Timeout | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async write(data: Uint8Array): Promise<void> {
    if (this.#rest.length > 0 || data.length > maxWaitingBytes) throw fullInput();
    const rest = this.#push(data);
    if (rest.length === data.length && data.length > 0) throw fullInput();
    this.#keep(rest);
  }

  close(): void {
    clearTimeout(this.#retry);
    this.#rest = new Uint8Array();
  }

  #keep(rest: Uint8Array): void {
    this.#rest = rest;
    if (rest.length === 0) return;
    this.#retry = setTimeout(() => {
      try {
        this.#keep(this.#push(this.#rest));
      } catch {
        this.close();
      }
    }, 20);
  }

  /** Returns what did not fit. */
  #push(data: Uint8Array): Uint8Array {
    let descriptor: number;
    try {
      descriptor = openSync(this.#path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (cause) {
      throw closedInput(cause);
    }
    let offset = 0;
    try {
      while (offset < data.length) {
        offset += writeSync(descriptor, data, offset, Math.min(atomicBytes, data.length - offset));
      }
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EAGAIN') throw closedInput(cause);
    } finally {
      closeSync(descriptor);
    }
    return data.subarray(offset);
  }
}
