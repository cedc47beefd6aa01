import type { Socket } from 'node:net';
import { addressGroup, isLoopback, type ProxyTrust, plainAddress } from './client-address.ts';

const maxPerAddress = 500;

/** How many connections one address may have open at the same time; a proxy has those of everybody. */
export class ConnectionCap {
  readonly #maxOf: (address: string) => number;
  readonly #counts = new Map<string, number>();

  constructor(maxOf: (address: string) => number) {
    this.#maxOf = maxOf;
  }

  static forStrangers(isTrusted: ProxyTrust): ConnectionCap {
    return new ConnectionCap((address) =>
      isLoopback(address) || isTrusted(address) ? Number.POSITIVE_INFINITY : maxPerAddress,
    );
  }

  /** Counts the connection until it closes; one too many is ended at once. */
  admits(socket: Socket): boolean {
    // As plain IPv4 where it is: written as IPv6, all of them would be of one /64.
    const address = plainAddress(socket.remoteAddress ?? '');
    const group = addressGroup(address);
    const count = this.#counts.get(group) ?? 0;
    if (count >= this.#maxOf(address)) {
      socket.destroy();
      return false;
    }
    this.#counts.set(group, count + 1);
    socket.once('close', () => {
      const left = (this.#counts.get(group) ?? 1) - 1;
      if (left === 0) this.#counts.delete(group);
      else this.#counts.set(group, left);
    });
    return true;
  }
}
