import { AppError } from '@catalyst/shared/contract/errors';
import type { Socket } from 'socket.io';
import { addressGroup, isLoopback } from '../http/client-address.ts';

/** A person with that many pages and programs open at the same time is a mistake or an attack. */
export const maxSocketsPerUser = 32;
const maxSocketsPerAddress = 100;

/** How many sockets are open for whom. What happens costs the panel for each of them, so nobody has them without end. */
export class OpenSockets {
  readonly #counts = new Map<string, number>();

  /** Counts the socket until its connection closes; throws `limit_reached` when there are too many already. */
  add({ conn }: Socket, userId: string, ip: string): void {
    // Behind a proxy that is not configured, everybody comes from the loopback.
    const groups = isLoopback(ip) ? [] : [{ key: `address ${addressGroup(ip)}`, max: maxSocketsPerAddress }];
    const limits = [{ key: `user ${userId}`, max: maxSocketsPerUser }, ...groups];
    if (conn.readyState !== 'open') throw new AppError('unavailable', 'The connection has closed');
    for (const { key, max } of limits) {
      if ((this.#counts.get(key) ?? 0) < max) continue;
      throw new AppError('limit_reached', `At most ${max} connections at the same time. Close some pages`);
    }
    for (const { key } of limits) this.#change(key, 1);
    conn.once('close', () => {
      for (const { key } of limits) this.#change(key, -1);
    });
  }

  #change(key: string, by: number): void {
    const count = (this.#counts.get(key) ?? 0) + by;
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
  }
}
