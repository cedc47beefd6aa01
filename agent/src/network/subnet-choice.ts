import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@catalyst/shared/contract/errors';
import { writeFileAtomically } from '@catalyst/shared/node/write-file-atomically';
import type { Logger } from '../logger.ts';
import type { NetworkNames } from './network-names.ts';
import type { RunProgram } from './run-program.ts';
import { chooseSubnet, formatSubnet, overlaps, parseSubnet, type Subnet } from './subnet.ts';

interface Route {
  type?: string;
  dst: string;
  dev?: string;
  metric?: number;
}

/**
 * The block of addresses of the private network: away from all that the machine routes, and the same from then on.
 * While it is used, a route that leads nowhere shows it to others who choose one, other agents included.
 */
export class SubnetChoice {
  readonly #file: string;
  readonly #wanted: Subnet | null;
  readonly #names: NetworkNames;
  readonly #run: RunProgram;
  readonly #log: Logger;
  /** Tells this agent's route from another's. */
  readonly #metric: number;

  constructor(stateFolder: string, wanted: string | null, names: NetworkNames, run: RunProgram, log: Logger) {
    this.#file = join(stateFolder, 'subnet.json');
    this.#wanted = wanted === null ? null : parseSubnet(wanted);
    if (this.#wanted && (this.#wanted.prefixLength < 16 || this.#wanted.prefixLength > 29)) {
      throw new Error(`The block of addresses for servers must be between /16 and /29, not ${wanted}`);
    }
    this.#names = names;
    this.#run = run;
    this.#log = log;
    this.#metric = 2 ** 30 + createHash('sha256').update(names.table).digest().readUIntBE(0, 3);
  }

  /** Another one than before only while no server uses it. Throws `unavailable` when there is none. */
  async choose(isInUse: boolean): Promise<{ subnet: Subnet; isNew: boolean }> {
    const before = this.#read();
    const subnet = this.#choose(before, await this.#routedByOthers(), isInUse);
    return { subnet, isNew: before === null || formatSubnet(before) !== formatSubnet(subnet) };
  }

  /** Remembers it, and shows that it is used. */
  async claim(subnet: Subnet): Promise<void> {
    const before = this.#read();
    if (before === null || formatSubnet(before) !== formatSubnet(subnet)) {
      if (before) await this.#removeRoute(before);
      await writeFileAtomically(this.#file, JSON.stringify({ subnet: formatSubnet(subnet) }));
    }
    await this.#run('ip', ['route', 'replace', ...this.#route(subnet)]);
  }

  wasMade(): boolean {
    return existsSync(this.#file);
  }

  /** The block stays chosen; others may see it as free. */
  async release(): Promise<void> {
    const subnet = this.#read();
    if (subnet) await this.#removeRoute(subnet);
  }

  #choose(before: Subnet | null, others: readonly Subnet[], isInUse: boolean): Subnet {
    const collides = (subnet: Subnet) => others.some((other) => overlaps(subnet, other));
    const isWanted = before && (!this.#wanted || formatSubnet(this.#wanted) === formatSubnet(before));
    if (before && isWanted && !collides(before)) return before;
    if (before && isInUse) {
      this.#log.warn(
        { subnet: formatSubnet(before) },
        "The servers' private network will get other addresses once no server runs",
      );
      return before;
    }
    const subnet = this.#wanted ?? chooseSubnet(others, this.#names.table);
    if (subnet === null || collides(subnet)) {
      const which = subnet ? `${formatSubnet(subnet)} is` : 'All private addresses are';
      throw new AppError(
        'unavailable',
        `${which} already used by this machine's network; set another block of addresses`,
      );
    }
    return subnet;
  }

  async #routedByOthers(): Promise<Subnet[]> {
    const output = await this.#run('ip', ['-j', '-4', 'route', 'show', 'table', 'all']);
    return (JSON.parse(output || '[]') as Route[])
      .filter(({ dst, dev, type, metric }) => {
        const isOwn =
          dev?.startsWith(this.#names.cablePrefix) || (type === 'unreachable' && metric === this.#metric);
        return !isOwn && /^\d/.test(dst);
      })
      .map(({ dst }) => parseSubnet(dst.includes('/') ? dst : `${dst}/32`))
      .filter(({ prefixLength }) => prefixLength > 0);
  }

  #read(): Subnet | null {
    try {
      return parseSubnet(JSON.parse(readFileSync(this.#file, 'utf8')).subnet);
    } catch {
      return null;
    }
  }

  async #removeRoute(subnet: Subnet): Promise<void> {
    // Fails when it is not there, as after the machine was started anew.
    await this.#run('ip', ['route', 'delete', ...this.#route(subnet)]).catch(() => {});
  }

  #route(subnet: Subnet): string[] {
    return ['unreachable', formatSubnet(subnet), 'metric', String(this.#metric)];
  }
}
