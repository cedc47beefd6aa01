import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { AppError } from '@catalyst/shared/contract/errors';
import { hash, verify } from '@node-rs/argon2';

/** Argon2id as the library has it by default: 19 MiB, two passes, one lane. */
const maxRunning = Math.max(1, availableParallelism() - 1);
const maxWaiting = 40;

/**
 * Hashes are slow on purpose, so only some run at a time, beside the event loop's own core, and a crowd of sign-ins is
 * turned away instead of making everyone wait.
 */
export class Passwords {
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #nobodysHash = hash(randomBytes(16).toString('hex'));

  hash(password: string): Promise<string> {
    return this.#inTurn(() => hash(password));
  }

  /** Takes as long when there is no such user (`passwordHash` undefined) as when there is. */
  matches(passwordHash: string | undefined, password: string): Promise<boolean> {
    return this.#inTurn(async () => {
      const isRight = await verify(passwordHash ?? (await this.#nobodysHash), password);
      return isRight && passwordHash !== undefined;
    });
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= maxRunning) {
      if (this.#waiting.length >= maxWaiting) {
        throw new AppError(
          'rate_limited',
          'Too many people sign in at this moment. Try again in a few seconds',
          {
            retryAfterSeconds: 2,
          },
        );
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
