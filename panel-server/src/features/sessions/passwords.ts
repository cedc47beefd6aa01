import { availableParallelism } from 'node:os';
import { AppError } from '@catalyst/shared/contract/errors';
import { hash, verify } from '@node-rs/argon2';
import { Turns } from '../../turns.ts';

/** Argon2id (the library's default): 19 MiB, two passes, one lane. */
const passwordCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Of a password that nobody knows, at the same cost; checked where there is no account, so that it takes as long. */
export const nobodysHash =
  '$argon2id$v=19$m=19456,t=2,p=1$6h5Vt0w7/8dFAWuYYreYSA$g+BlBiSFOKPt9WOLij3i6ziVx7HjXVxid49h4i358/s';

const maxRunning = Math.max(1, availableParallelism() - 1);
const maxWaiting = 40;

/** Who wants a hash: somebody the panel has let in before from where he is, or anybody. */
export type Asker = 'known' | 'stranger';

/**
 * Hashes are slow on purpose, so only some run at a time, beside the event loop's own core, and a crowd of sign-ins is
 * turned away instead of making everyone wait. A crowd of strangers keeps nobody out who is known.
 */
export class Passwords {
  readonly #turns = new Turns(maxRunning);

  hash(password: string, asker: Asker = 'stranger'): Promise<string> {
    return this.#inTurn(asker, () => hash(password, passwordCost));
  }

  /** Takes as long when there is no such user (`passwordHash` undefined) as when there is. */
  matches(passwordHash: string | undefined, password: string, asker: Asker): Promise<boolean> {
    return this.#inTurn(asker, async () => {
      const isRight = await verify(passwordHash ?? nobodysHash, password);
      return isRight && passwordHash !== undefined;
    });
  }

  /** The hash was made when less was thought enough, or otherwise; its password is to be hashed anew. */
  isOutdated(passwordHash: string): boolean {
    const { memoryCost, timeCost, parallelism } = passwordCost;
    return !passwordHash.startsWith(`$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$`);
  }

  async #inTurn<T>(asker: Asker, work: () => Promise<T>): Promise<T> {
    const inHurry = asker === 'known';
    if (this.#turns.waiting(inHurry) >= maxWaiting) {
      throw new AppError(
        'rate_limited',
        'Too many people sign in at this moment. Try again in a few seconds',
        {
          retryAfterSeconds: 2,
        },
      );
    }
    await this.#turns.take(inHurry);
    try {
      return await work();
    } finally {
      this.#turns.giveBack();
    }
  }
}
