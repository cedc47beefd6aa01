import { AppError } from '@catalyst/shared/contract/errors';
import { Turns } from '../../servers/turns.ts';

/** Each reads an archive from its start, which takes a core. */
const readAtOnce = 2;
/** Of one server, with those that wait: it must not keep the others waiting for long. */
const mostOfServer = 4;
/** A page is read from the start of the archive; a huge one must not hold a reader for ever. */
const timeoutMs = 120_000;

/** Lets few archives be looked into at a time. */
export class Listings {
  readonly #turns = new Turns(readAtOnce, timeoutMs);
  readonly #underWay = new Map<string, number>();

  /** Rejects with `limit_reached` when the server has too many under way; the signal ends one that takes too long. */
  async take<T>(serverId: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const count = this.#underWay.get(serverId) ?? 0;
    if (count >= mostOfServer) {
      const message = `At most ${mostOfServer} archives of a server are looked into at once; try again in a moment`;
      throw new AppError('limit_reached', message);
    }
    this.#underWay.set(serverId, count + 1);
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      return await this.#turns.take(signal, () => work(signal));
    } finally {
      const left = (this.#underWay.get(serverId) ?? 1) - 1;
      if (left === 0) this.#underWay.delete(serverId);
      else this.#underWay.set(serverId, left);
    }
  }
}
