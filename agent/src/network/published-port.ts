import { isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { AppError } from '@catalyst/shared/contract/errors';
import type { PortBinding } from '@catalyst/shared/features/server-spec';
import type { PortAddress } from '../node/ports.ts';

/** A port of the machine that leads to one of a server. */
export interface PublishedPort extends PortAddress {
  targetPort: number;
}

/** One for each protocol. Throws `invalid_input` when one port would have to lead to two places. */
export function publishedPorts(bindings: readonly PortBinding[]): PublishedPort[] {
  const ports = new Map<string, PublishedPort>();
  for (const { ip, port, protocol, targetPort = port } of bindings) {
    for (const one of protocol === 'both' ? (['tcp', 'udp'] as const) : [protocol]) {
      const key = `${ip} ${port} ${one}`;
      const known = ports.get(key);
      if (known && known.targetPort !== targetPort) {
        throw new AppError(
          'invalid_input',
          `Port ${port} (${one}) of ${ip} cannot lead to two ports of a server`,
        );
      }
      ports.set(key, { ip, port, protocol: one, targetPort });
    }
  }
  return [...ports.values()];
}

/** Throws `invalid_input` for an address that the private network cannot be reached by. */
export function checkAddresses(ports: readonly PublishedPort[], own: ReadonlySet<string>): void {
  for (const { ip, port } of ports) {
    if (!isIPv4(ip)) {
      throw new AppError(
        'invalid_input',
        `Port ${port} cannot be published on ${ip}: servers in a private network are reached by IPv4 addresses only`,
      );
    }
    if (ip !== '0.0.0.0' && !ip.startsWith('127.') && !own.has(ip)) {
      throw new AppError(
        'invalid_input',
        `Port ${port} cannot be published on ${ip}: this machine has no such address`,
      );
    }
  }
}

/** Of this machine: those by which servers can be published. */
export function ownAddresses(): ReadonlySet<string> {
  return new Set(
    Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address)),
  );
}
