import { close, closeSync, fstat, open, openSync, readSync, type Stats } from 'node:fs';
import { promisify } from 'node:util';
import { AppError } from '@catalyst/shared/contract/errors';

const openDescriptor = promisify(open);
const statDescriptor = promisify(fstat);
const closeDescriptor = promisify(close);

/**
 * A descriptor that other calls reach by `/proc/self/fd/N`. It is closed only when none of them is on its way any
 * more: by then the number may be another folder's, and a delete in flight would go there.
 */
export class HeldDescriptor {
  readonly #descriptor: number;
  readonly #closed = Promise.withResolvers<void>();
  #callsUnderWay = 0;
  #release: 'at_once' | 'in_pool' | undefined;
  #mount: string | undefined;

  private constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  static async open(path: string | Buffer, flags: number): Promise<HeldDescriptor> {
    return new HeldDescriptor(await openDescriptor(path, flags));
  }

  /** The number of the mount, not st_dev: a bind mount of the same disk has the same st_dev. */
  get mount(): string {
    this.#refuseIfReleased();
    this.#mount ??= mountOf(this.#descriptor);
    return this.#mount;
  }

  stat(): Promise<Stats> {
    return this.use(() => statDescriptor(this.#descriptor));
  }

  /** Makes a call with the path; throws once released. */
  async use<T>(call: (path: string) => Promise<T>): Promise<T> {
    this.#refuseIfReleased();
    this.#callsUnderWay += 1;
    try {
      return await call(`/proc/self/fd/${this.#descriptor}`);
    } finally {
      this.#callsUnderWay -= 1;
      this.#closeIfDone();
    }
  }

  /**
   * Resolves when it is closed. `in_pool` is for files: the last hold on a huge deleted one frees its blocks here.
   * Folders are closed at once: that touches no disk, and a thread of the pool costs thirty times as much.
   */
  release(how: 'at_once' | 'in_pool'): Promise<void> {
    if (!this.#release) {
      this.#release = how;
      this.#closeIfDone();
    }
    return this.#closed.promise;
  }

  #closeIfDone(): void {
    if (!this.#release || this.#callsUnderWay > 0) return;
    if (this.#release === 'in_pool') {
      closeDescriptor(this.#descriptor).then(this.#closed.resolve, this.#closed.reject);
      return;
    }
    closeSync(this.#descriptor);
    this.#closed.resolve();
  }

  #refuseIfReleased(): void {
    if (this.#release) throw new Error('This folder or file is closed');
  }
}

// Synchronous: this "file" is made up by the kernel from memory, in a few microseconds.
function mountOf(descriptor: number): string {
  const information = openSync(`/proc/self/fdinfo/${descriptor}`, 'r');
  try {
    const text = Buffer.alloc(512);
    const length = readSync(information, text, 0, text.length, 0);
    const mount = /^mnt_id:\s*(\d+)$/m.exec(text.toString('latin1', 0, length))?.[1];
    if (!mount) throw new AppError('unavailable', 'This kernel does not say where mounts begin');
    return mount;
  } finally {
    closeSync(information);
  }
}
