import { isIPv6 } from 'node:net';
import type { PortAddress } from '../node/ports.ts';

interface Claim extends PortAddress {
  owner: string;
}

/** Which server each port of this machine belongs to: of (address, port, protocol) there is one owner at most. */
export class PortClaims {
  /** By port and protocol, as most of them differ in that. */
  readonly #claims = new Map<string, Claim[]>();

  /** Replaces all claims of a server; the first port that is another's, with nothing changed, else null. */
  claim(owner: string, ports: readonly PortAddress[]): PortAddress | null {
    const taken = ports.find((port) => this.#otherOwner(owner, port) !== null);
    if (taken) return taken;
    this.release(owner);
    for (const port of ports) {
      const key = keyOf(port);
      this.#claims.set(key, [...(this.#claims.get(key) ?? []), { ...port, owner }]);
    }
    return null;
  }

  release(owner: string): void {
    for (const [key, claims] of this.#claims) {
      const others = claims.filter((claim) => claim.owner !== owner);
      if (others.length === 0) this.#claims.delete(key);
      else if (others.length < claims.length) this.#claims.set(key, others);
    }
  }

  ownerOf(port: PortAddress): string | null {
    return this.#otherOwner(null, port);
  }

  #otherOwner(owner: string | null, port: PortAddress): string | null {
    const claims = this.#claims.get(keyOf(port)) ?? [];
    return claims.find((claim) => claim.owner !== owner && addressesMeet(claim.ip, port.ip))?.owner ?? null;
  }
}

function keyOf({ port, protocol }: PortAddress): string {
  return `${protocol} ${port}`;
}

/** `::` takes IPv4 along, as sockets do. */
function addressesMeet(one: string, other: string): boolean {
  const [a, b] = [canonical(one), canonical(other)];
  if (a === b || a === '::' || b === '::') return true;
  return (a === '0.0.0.0' && !isIPv6(b)) || (b === '0.0.0.0' && !isIPv6(a));
}

/** One address has many spellings in IPv6. */
function canonical(ip: string): string {
  return isIPv6(ip) ? new URL(`http://[${ip.split('%')[0]}]`).hostname.slice(1, -1) : ip;
}
