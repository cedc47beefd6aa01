import { AppError } from '@catalyst/shared/contract/errors';
import { isInRanges, type PortRange } from '@catalyst/shared/features/port-ranges';
import type { PortBinding } from '@catalyst/shared/features/server-spec';
import { addressesMeet, isEveryAddress } from '@catalyst/shared/features/subnets';
import { isOfPool } from '../port-pools/node-port-pools.ts';
import type { PortPoolRow } from '../port-pools/port-pool.entity.ts';

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
  alias: string | null;
  notes: string;
  isPrimary: boolean;
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

type Pool = Pick<PortPoolRow, 'ip' | 'ranges'>;

/** Where ports can be had. */
export interface PortSupply {
  /** Numbers to choose from where there are no pools. */
  range: PortRange;
  /** Those that can be used, in the order in which they are tried; null where there are no pools. */
  pools: readonly Pool[] | null;
  /** Whether ports outside the pools can be asked for. */
  isAnyPort: boolean;
  isTaken: (address: PortAddress) => boolean;
  /** What the server has already can stay, wherever it is. */
  isKept: (address: PortAddress) => boolean;
}

/** Numbers of one address; of the wished one when undefined. */
interface PortPlace {
  ip: string | undefined;
  ranges: readonly PortRange[];
}

/**
 * Gives each wish its port: the one asked for, else the preferred one, else the next that is free. All that are chosen
 * without a word about their address are on one. Throws PortTaken, `no_free_port` when pools or range are used up,
 * `forbidden` for a port outside the pools, and `invalid_input` when two of the wishes are for the same port.
 */
export function choosePorts(wishes: readonly PortWish[], supply: PortSupply): PortBinding[] {
  const { pools, isAnyPort, isTaken, isKept } = supply;
  const chosen: PortAddress[] = [];
  const found = new Map<PortWish, { ip: string; port: number }>();
  const isChosen = (address: PortAddress) => chosen.some((other) => portsMeet(address, other));
  const isFree = (wish: PortWish, ip: string, port: number) =>
    addressesOf({ ...wish, ip, port }).every((address) => !isTaken(address) && !isChosen(address));
  const take = (wish: PortWish, ip: string, port: number) => {
    found.set(wish, { ip, port });
    chosen.push(...addressesOf({ ...wish, ip, port }));
  };
  const choose = (wish: PortWish, { ip = wish.ip, ranges }: PortPlace) => {
    const port = firstFree(wish.preferred, ranges, (each) => isFree(wish, ip, each));
    if (port !== null) take(wish, ip, port);
    return port !== null;
  };

  for (const wish of wishes) {
    const { port, path } = wish;
    if (port === undefined) continue;
    const isHeld = addressesOf({ ...wish, port }).every(isKept);
    const places = isHeld
      ? []
      : placesFor(wish, pools ?? []).filter(({ ranges }) => isInRanges(port, ranges));
    if (!isHeld && !isAnyPort && pools && places.length === 0) throw outsidePools(path, port);
    const free = places.find(({ ip = wish.ip }) => isFree(wish, ip, port));
    const { ip = wish.ip } = free ?? places[0] ?? {};
    for (const address of addressesOf({ ...wish, ip, port })) {
      if (isChosen(address)) throw sameTwice(address, path);
      if (isTaken(address)) throw new PortTaken(address, path, 'somebody else');
    }
    take(wish, ip, port);
  }
  const open = wishes.filter(({ port }) => port === undefined);
  const isAnywhere = ({ ip }: PortWish) => pools !== null && ip === '0.0.0.0';
  for (const wish of open.filter((one) => !isAnywhere(one))) {
    const places = pools ? placesFor(wish, pools) : [{ ip: undefined, ranges: [supply.range] }];
    if (!places.some((place) => choose(wish, place))) throw usedUp(pools);
  }
  const together = open.filter(isAnywhere);
  const places = together[0] && pools ? placesFor(together[0], pools) : [];
  const isPlaced = places.some((place) => {
    const count = chosen.length;
    if (together.every((wish) => choose(wish, place))) return true;
    chosen.length = count;
    return false;
  });
  if (together.length > 0 && !isPlaced) throw usedUp(pools);
  return wishes.map((wish) => bindingOf(wish, found.get(wish) as { ip: string; port: number }));
}

/** Where a wish can be fulfilled: on its own address, or on each that there is a pool of. */
function placesFor({ ip }: PortWish, pools: readonly Pool[]): PortPlace[] {
  if (ip === '0.0.0.0') {
    return [...Map.groupBy(pools, (pool) => pool.ip)].map(([each, those]) => ({
      ip: each,
      ranges: those.flatMap(({ ranges }) => ranges),
    }));
  }
  const own = pools.filter((pool) => isOfPool(ip, pool));
  return own.length > 0 ? [{ ip, ranges: own.flatMap(({ ranges }) => ranges) }] : [];
}

function bindingOf(
  { name, protocol, targetPort }: PortWish,
  { ip, port }: { ip: string; port: number },
): PortBinding {
  const isTranslated = targetPort !== undefined && targetPort !== port;
  return { name, ip, port, protocol, ...(isTranslated && { targetPort }) };
}

/** The preferred one, those after it, then those before it. */
function firstFree(
  preferred: number,
  ranges: readonly PortRange[],
  isFree: (port: number) => boolean,
): number | null {
  const start = isInRanges(preferred, ranges) ? preferred : 0;
  const inOrder = ranges.toSorted((one, other) => one.from - other.from);
  const first = (from: number, to: number) => {
    for (const range of inOrder) {
      const last = Math.min(range.to, to);
      for (let port = Math.max(range.from, from); port <= last; port += 1) if (isFree(port)) return port;
    }
    return null;
  };
  return first(start, 65_535) ?? first(0, start - 1);
}

export function describePort({ ip, port, protocol }: PortAddress): string {
  return isEveryAddress(ip) ? `${port}/${protocol}` : `${port}/${protocol} of ${ip}`;
}

function sameTwice(address: PortAddress, path: string): AppError {
  const message = `Two of its ports would be ${describePort(address)}`;
  return new AppError('invalid_input', message, { issues: [{ path, message }] });
}

const usedUp = (pools: PortSupply['pools']) =>
  new AppError(
    'no_free_port',
    pools ? 'The pools of the node have no free port left' : 'The node has no free port left',
  );

function outsidePools(path: string, port: number): AppError {
  return new AppError(
    'forbidden',
    `Port ${port} is in no pool of the node: asking for it needs the permission node.update`,
    {
      issues: [{ path, message: 'must be a port of the pools of the node' }],
    },
  );
}
