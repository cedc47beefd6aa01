import { AppError } from '@catalyst/shared/contract/errors';
import type { PortBinding } from '@catalyst/shared/features/server-spec';
import { addressesMeet, isEveryAddress } from '@catalyst/shared/features/subnets';

export interface PortRange {
  from: number;
  to: number;
}

/** One port of one protocol, on one address. */
export interface PortAddress {
  ip: string;
  port: number;
  protocol: 'tcp' | 'udp';
}

/** A port that a server shall have. */
export interface PortWish {
  name: string;
  ip: string;
  protocol: PortBinding['protocol'];
  /** This one or none; chosen when undefined. */
  port: number | undefined;
  /** The first that is tried when it is chosen. */
  preferred: number;
  targetPort: number | undefined;
  /** Of the field that asked for it. */
  path: string;
}

/** A port that was asked for and cannot be had. */
export class PortTaken extends AppError {
  readonly address: PortAddress;
  readonly path: string;

  constructor(address: PortAddress, path: string, holder: string) {
    const message = `Port ${describePort(address)} is held by ${holder}`;
    super('port_taken', message, { issues: [{ path, message }] });
    this.address = address;
    this.path = path;
  }
}

export const portKey = ({ ip, port, protocol }: PortAddress) => `${ip} ${port}/${protocol}`;

/** A binding's ports one by one: `both` is two. */
export function addressesOf({ ip, port, protocol }: Omit<PortBinding, 'name'>): PortAddress[] {
  const protocols = protocol === 'both' ? (['tcp', 'udp'] as const) : [protocol];
  return protocols.map((each) => ({ ip, port, protocol: each }));
}

/** Whether only one program can have both. */
export function portsMeet(one: PortAddress, other: PortAddress): boolean {
  return one.port === other.port && one.protocol === other.protocol && addressesMeet(one.ip, other.ip);
}

/**
 * Gives each wish its port: the one asked for, else the preferred one, else the next that is free. Throws PortTaken,
 * `no_free_port` when the range is used up, and `invalid_input` when two of the wishes are for the same port.
 */
export function choosePorts(
  wishes: readonly PortWish[],
  { range, isTaken }: { range: PortRange; isTaken: (address: PortAddress) => boolean },
): PortBinding[] {
  const chosen: PortAddress[] = [];
  const isChosen = (address: PortAddress) => chosen.some((other) => portsMeet(address, other));
  const numbers = new Map<PortWish, number>();
  const take = (wish: PortWish, port: number) => {
    numbers.set(wish, port);
    chosen.push(...addressesOf({ ...wish, port }));
  };
  for (const wish of wishes) {
    const { port, path } = wish;
    if (port === undefined) continue;
    for (const address of addressesOf({ ...wish, port })) {
      if (isChosen(address)) throw sameTwice(address, path);
      if (isTaken(address)) throw new PortTaken(address, path, 'somebody else');
    }
    take(wish, port);
  }
  for (const wish of wishes) {
    if (wish.port !== undefined) continue;
    const isFree = (port: number) =>
      addressesOf({ ...wish, port }).every((address) => !isTaken(address) && !isChosen(address));
    const port = firstFree(wish.preferred, range, isFree);
    if (port === null) throw new AppError('no_free_port', 'The node has no free port left');
    take(wish, port);
  }
  return wishes.map((wish) => bindingOf(wish, numbers.get(wish) as number));
}

function bindingOf({ name, ip, protocol, targetPort }: PortWish, port: number): PortBinding {
  const isTranslated = targetPort !== undefined && targetPort !== port;
  return { name, ip, port, protocol, ...(isTranslated && { targetPort }) };
}

function firstFree(preferred: number, { from, to }: PortRange, isFree: (port: number) => boolean) {
  const start = preferred >= from && preferred <= to ? preferred : from;
  for (let port = start; port <= to; port += 1) if (isFree(port)) return port;
  for (let port = from; port < start; port += 1) if (isFree(port)) return port;
  return null;
}

export function describePort({ ip, port, protocol }: PortAddress): string {
  return isEveryAddress(ip) ? `${port}/${protocol}` : `${port}/${protocol} of ${ip}`;
}

function sameTwice(address: PortAddress, path: string): AppError {
  const message = `Two of its ports would be ${describePort(address)}`;
  return new AppError('invalid_input', message, { issues: [{ path, message }] });
}
