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

/** A port, and those that go where it goes: all of them can be had, or none is. */
type PortGroup = readonly [head: PortWish, ...followers: PortWish[]];

/**
 * Gives each wish its port: the one asked for, else the preferred one, else the next that is free, together with those
 * that follow it. All that are chosen from pools without a word about their address are on one. Throws PortTaken,
 * `no_free_port` when pools or range are used up, `forbidden` for a port outside the pools, and `invalid_input` when two
 * of the wishes are for the same port.
 */
export function choosePorts(wishes: readonly PortWish[], supply: PortSupply): PortBinding[] {
  const choice = new PortChoice(supply);
  const groups = wishes
    .filter(({ offset }) => !offset)
    .map((head): PortGroup => [head, ...wishes.filter(({ offset }) => offset?.from === head.name)]);
  for (const group of groups) refuseMeeting(group);
  for (const group of groups) if (group[0].port !== undefined) choice.takeAsked(group, group[0].port);
  const open = groups.filter(([{ port }]) => port === undefined);
  const isAnywhere = ([{ ip }]: PortGroup) => supply.pools !== null && ip === '0.0.0.0';
  for (const group of open) if (!isAnywhere(group)) choice.chooseTogether([group]);
  // What needs more room comes first, as one port can be anywhere.
  choice.chooseTogether(open.filter(isAnywhere).toSorted((one, other) => other.length - one.length));
  return wishes.map((wish) => choice.bindingOf(wish));
}

/** Wherever the group goes: with other protocols than the template's, two of it can be for one port. */
function refuseMeeting(group: PortGroup): void {
  const addresses: PortAddress[] = [];
  for (const wish of group) {
    const own = addressesOf({ ...wish, ip: group[0].ip, port: portBeside(0, wish) });
    const twice = own.find((address) => addresses.some((other) => portsMeet(address, other)));
    if (twice) {
      const message = `By its protocol "${wish.name}" would be the same port as another beside "${group[0].name}"`;
      throw new AppError('invalid_input', message, { issues: [{ path: 'portBindings', message }] });
    }
    addresses.push(...own);
  }
}

class PortChoice {
  readonly #supply: PortSupply;
  readonly #chosen: PortAddress[] = [];
  readonly #found = new Map<PortWish, { ip: string; port: number }>();

  constructor(supply: PortSupply) {
    this.#supply = supply;
  }

  takeAsked(group: PortGroup, port: number): void {
    const ip = this.#addressFor(group, port);
    for (const wish of group) {
      for (const address of addressesOf({ ...wish, ip, port: portBeside(port, wish) })) {
        if (this.#isChosen(address)) throw sameTwice(address, wish.path);
        if (this.#supply.isTaken(address)) throw new PortTaken(address, wish, 'somebody else');
      }
      this.#take(wish, ip, portBeside(port, wish));
    }
  }

  /** Of groups for the same address; on the first place that has room for all of them. */
  chooseTogether(groups: readonly PortGroup[]): void {
    const [first] = groups;
    if (!first) return;
    const isPlaced = this.#placesFor(first[0]).some((place) => {
      const count = this.#chosen.length;
      if (groups.every((group) => this.#choose(group, place))) return true;
      this.#chosen.length = count;
      return false;
    });
    if (isPlaced) return;
    const whose = this.#supply.pools ? 'The pools of the node have' : 'The node has';
    const apart = groups.find((group) => group.length > 1);
    const what = apart ? `room left for ${distances(apart)}` : 'free port left';
    throw new AppError('no_free_port', `${whose} no ${what}`);
  }

  bindingOf(wish: PortWish): PortBinding {
    const { name, protocol, targetPort } = wish;
    const { ip, port } = this.#found.get(wish) as { ip: string; port: number };
    const isTranslated = targetPort !== undefined && targetPort !== port;
    return { name, ip, port, protocol, ...(isTranslated && { targetPort }) };
  }

  /** Of the pools that have the ports the first in which they are free; the wished one where that needs no pool. */
  #addressFor(group: PortGroup, port: number): string {
    const { pools, isAnyPort, isKept } = this.#supply;
    const [head] = group;
    const isStaying = (wish: PortWish) =>
      addressesOf({ ...wish, ip: head.ip, port: portBeside(port, wish) }).every(isKept);
    if (pools === null || group.every(isStaying)) return head.ip;
    const having = this.#placesFor(head).filter(({ ranges }) => isInRanges(port, ranges));
    const places = having.filter(({ ranges }) => outsideOf(ranges, group, port) === undefined);
    if (places.length === 0 && !isAnyPort) {
      const missing = outsideOf(having[0]?.ranges ?? [], group, port) ?? head;
      throw outsidePools(missing, portBeside(port, missing));
    }
    const isFree = ({ ip }: PortPlace) =>
      group.every((wish) => this.#isFree(wish, ip, portBeside(port, wish)));
    return (places.find(isFree) ?? places[0] ?? having[0] ?? head).ip;
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

  #choose(group: PortGroup, { ip, ranges }: PortPlace): boolean {
    const [head, ...followers] = group;
    const port = firstFree(head.preferred, ranges, (each) => {
      if (!this.#isFree(head, ip, each)) return false;
      return followers.every((wish) => {
        const beside = portBeside(each, wish);
        return isInRanges(beside, ranges) && this.#isFree(wish, ip, beside);
      });
    });
    if (port === null) return false;
    for (const wish of group) this.#take(wish, ip, portBeside(port, wish));
    return true;
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

/** Of a wish, when the port it follows is this one. */
const portBeside = (port: number, { offset }: PortWish) => port + (offset?.by ?? 0);

const outsideOf = (ranges: readonly PortRange[], group: PortGroup, port: number) =>
  group.find((wish) => !isInRanges(portBeside(port, wish), ranges));

/** `"game" with "query" at +1`. */
function distances([{ name }, ...followers]: PortGroup): string {
  const others = followers.map(
    (one) => `"${one.name}" at ${(one.offset?.by ?? 0) < 0 ? '' : '+'}${one.offset?.by}`,
  );
  return `"${name}" with ${others.join(', ')}`;
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

function outsidePools({ name, offset, path }: PortWish, port: number): AppError {
  const which = offset ? `Port ${port}, for "${name}",` : `Port ${port}`;
  const message = offset
    ? `takes "${name}" to ${port}, which is in no pool of the node`
    : 'must be a port of the pools of the node';
  return new AppError(
    'forbidden',
    `${which} is in no pool of the node: asking for it needs the permission node.update`,
    { issues: [{ path, message }] },
  );
}
