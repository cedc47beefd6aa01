import type { FirewallGate } from '@catalyst/shared/features/firewall-link';
import { canonicalAddress } from '@catalyst/shared/features/subnets';
import type { PortAddress } from '../node/ports.ts';

/** What others' firewalls are to let through. */
export interface Allowed {
  /** Of this machine itself. */
  ports: readonly PortAddress[];
  /** How the names of the cables begin whose traffic passes this machine; null for none. */
  cablePrefix: string | null;
}

export const nothingAllowed: Allowed = { ports: [], cablePrefix: null };

/** A chain of somebody else that every packet to, or through, this machine must pass. */
export interface Gate extends FirewallGate {
  /** Whether it stops what its rules do not let through. */
  isClosed: boolean;
  /** Whether it lets exactly these through already. */
  allows(allowed: Allowed): boolean;
  /** Lets these through and no others, by a chain of our own and one rule that leads there; takes both away for none. */
  set(allowed: Allowed): Promise<void>;
}

/** The names of our chains in others' tables. */
export interface GateNames {
  input: string;
  forward: string;
}

export function gateNames(table: string): GateNames {
  return { input: table, forward: `${table}_forward` };
}

/** Addresses that no other machine can reach. */
export function isLoopback(ip: string): boolean {
  return ip === '::1' || ip.startsWith('127.');
}

/** In the one spelling that firewalls print; an IPv4 address in the clothes of IPv6 is what packets carry. */
export function plainAddress(ip: string): string {
  const address = canonicalAddress(ip) ?? ip;
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address) ?? [];
  if (high === undefined || low === undefined) return address;
  const words = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return words.flatMap((word) => [word >> 8, word & 255]).join('.');
}

/** In either family: games that listen on all addresses take both along. */
export function isEvery(ip: string): boolean {
  return ip === '0.0.0.0' || ip === '::';
}
