import { AppError } from '@catalyst/shared/contract/errors';
import { isInRanges, type PortRange } from '@catalyst/shared/features/port-ranges';
import type { PortBinding } from '@catalyst/shared/features/server-spec';
import { isOfPool } from '../port-pools/node-port-pools.ts';
import type { PortPoolRow } from '../port-pools/port-pool.entity.ts';
import { addressesOf, describePort, type PortAddress, PortTaken, type PortWish, portsMeet } from './ports.ts';

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

/** Numbers of one address. */
interface PortPlace {
  ip: string;
  ranges: readonly PortRange[];
}

/**
 * Gives each wish its port: the one asked for, else the preferred one, else the next that is free. All that are chosen
 * from pools without a word about their address are on one. Throws PortTaken, `no_free_port` when pools or range are used
 * up, `forbidden` for a port outside the pools, and `invalid_input` when two of the wishes are for the same port.
 */
export function choosePorts(wishes: readonly PortWish[], supply: PortSupply): PortBinding[] {
  const choice = new PortChoice(supply);
  for (const wish of wishes) if (wish.port !== undefined) choice.takeAsked(wish, wish.port);
  const open = wishes.filter(({ port }) => port === undefined);
  const isAnywhere = ({ ip }: PortWish) => supply.pools !== null && ip === '0.0.0.0';
  for (const wish of open) if (!isAnywhere(wish)) choice.chooseTogether([wish]);
  choice.chooseTogether(open.filter(isAnywhere));
  return wishes.map((wish) => choice.bindingOf(wish));
}

class PortChoice {
  readonly #supply: PortSupply;
  readonly #chosen: PortAddress[] = [];
  readonly #found = new Map<PortWish, { ip: string; port: number }>();

  constructor(supply: PortSupply) {
    this.#supply = supply;
  }

  takeAsked(wish: PortWish, port: number): void {
    const ip = this.#addressFor(wish, port);
    for (const address of addressesOf({ ...wish, ip, port })) {
      if (this.#isChosen(address)) throw sameTwice(address, wish.path);
      if (this.#supply.isTaken(address)) throw new PortTaken(address, wish.path, 'somebody else');
    }
    this.#take(wish, ip, port);
  }

  /** Of wishes for the same address; on the first place that has room for all of them. */
  chooseTogether(wishes: readonly PortWish[]): void {
    const [first] = wishes;
    if (!first) return;
    const isPlaced = this.#placesFor(first).some((place) => {
      const count = this.#chosen.length;
      if (wishes.every((wish) => this.#choose(wish, place))) return true;
      this.#chosen.length = count;
      return false;
    });
    if (isPlaced) return;
    const whose = this.#supply.pools ? 'The pools of the node have' : 'The node has';
    throw new AppError('no_free_port', `${whose} no free port left`);
  }

  bindingOf(wish: PortWish): PortBinding {
    const { name, protocol, targetPort } = wish;
    const { ip, port } = this.#found.get(wish) as { ip: string; port: number };
    const isTranslated = targetPort !== undefined && targetPort !== port;
    return { name, ip, port, protocol, ...(isTranslated && { targetPort }) };
  }

  /** Of the pools that have the port the first in which it is free; the wished one where that needs no pool. */
  #addressFor(wish: PortWish, port: number): string {
    const { pools, isAnyPort, isKept } = this.#supply;
    if (pools === null || addressesOf({ ...wish, port }).every(isKept)) return wish.ip;
    const places = this.#placesFor(wish).filter(({ ranges }) => isInRanges(port, ranges));
    const [first] = places;
    if (!first && !isAnyPort) throw outsidePools(wish.path, port);
    return (places.find(({ ip }) => this.#isFree(wish, ip, port)) ?? first ?? wish).ip;
  }

  /** On its own address, or on each that there is a pool of. */
  #placesFor({ ip }: PortWish): PortPlace[] {
    const { pools, range } = this.#supply;
    if (pools === null) return [{ ip, ranges: [range] }];
    const rangesOf = (those: readonly Pool[]) => those.flatMap(({ ranges }) => ranges);
    if (ip === '0.0.0.0') {
      return [...Map.groupBy(pools, (pool) => pool.ip)].map(([each, those]) => ({
        ...{ ip: each, ranges: rangesOf(those) },
      }));
    }
    return [{ ip, ranges: rangesOf(pools.filter((pool) => isOfPool(ip, pool))) }];
  }

  #choose(wish: PortWish, { ip, ranges }: PortPlace): boolean {
    const port = firstFree(wish.preferred, ranges, (each) => this.#isFree(wish, ip, each));
    if (port !== null) this.#take(wish, ip, port);
    return port !== null;
  }

  #take(wish: PortWish, ip: string, port: number): void {
    this.#found.set(wish, { ip, port });
    this.#chosen.push(...addressesOf({ ...wish, ip, port }));
  }

  #isFree(wish: PortWish, ip: string, port: number): boolean {
    return addressesOf({ ...wish, ip, port }).every(
      (address) => !this.#supply.isTaken(address) && !this.#isChosen(address),
    );
  }

  #isChosen(address: PortAddress): boolean {
    return this.#chosen.some((other) => portsMeet(address, other));
  }
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

function sameTwice(address: PortAddress, path: string): AppError {
  const message = `Two of its ports would be ${describePort(address)}`;
  return new AppError('invalid_input', message, { issues: [{ path, message }] });
}

function outsidePools(path: string, port: number): AppError {
  return new AppError(
    'forbidden',
    `Port ${port} is in no pool of the node: asking for it needs the permission node.update`,
    {
      issues: [{ path, message: 'must be a port of the pools of the node' }],
    },
  );
}
