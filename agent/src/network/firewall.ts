import type { Logger } from '../logger.ts';
import { oneAtATime } from '../one-at-a-time.ts';
import {
  changesFor,
  type Publication,
  type RuleSetOptions,
  wholeRuleSet,
  withoutRuleSet,
} from './rule-set.ts';
import type { RunProgram } from './run-program.ts';

/**
 * The agent's own nftables table, and only that. What is published is kept here; the kernel's table follows by single
 * elements, or is rewritten whole where that fails (somebody flushed all rules, for example).
 */
export class Firewall {
  readonly #run: RunProgram;
  readonly #log: Logger;
  readonly #table: string;
  readonly #published = new Map<string, Publication>();
  readonly #queue = oneAtATime();
  #options: RuleSetOptions | null = null;
  #changes: string[] = [];
  #nextApply: Promise<void> | null = null;

  constructor(table: string, run: RunProgram, log: Logger) {
    this.#table = table;
    this.#run = run;
    this.#log = log;
  }

  /** Writes the whole table: nothing is published before. */
  open(options: RuleSetOptions, publications: ReadonlyMap<string, Publication>): Promise<void> {
    return this.#queue(async () => {
      this.#options = options;
      this.#published.clear();
      for (const [serverId, publication] of publications) this.#published.set(serverId, publication);
      await this.#rewrite();
    });
  }

  /** Takes the table away. Nothing happens when there is none. */
  remove(): Promise<void> {
    return this.#queue(async () => {
      this.#options = null;
      this.#published.clear();
      this.#changes = [];
      await this.#nft(withoutRuleSet(this.#table));
    });
  }

  /** Replaces what was published of this server; it is reachable when this resolves. */
  publish(serverId: string, publication: Publication): Promise<void> {
    const previous = this.#published.get(serverId);
    if (previous && JSON.stringify(previous) === JSON.stringify(publication))
      return this.#queue(async () => {});
    if (previous) this.#changes.push(...changesFor(this.#table, 'delete', previous));
    this.#published.set(serverId, publication);
    this.#changes.push(...changesFor(this.#table, 'add', publication));
    return this.#apply().catch((error) => {
      if (this.#published.get(serverId) === publication) this.#published.delete(serverId);
      throw error;
    });
  }

  unpublish(serverId: string): Promise<void> {
    const previous = this.#published.get(serverId);
    if (!previous) return Promise.resolve();
    this.#published.delete(serverId);
    this.#changes.push(...changesFor(this.#table, 'delete', previous));
    return this.#apply();
  }

  /** Writes the table again when it is gone, as after `nft flush ruleset`; whether that was so. */
  async restore(): Promise<boolean> {
    return this.#queue(async () => {
      if (!this.#options || (await this.#isThere())) return false;
      await this.#rewrite();
      this.#log.warn(
        { table: this.#table },
        "The servers' firewall table was gone and has been written again",
      );
      return true;
    });
  }

  /** Changes that come while others are being made go out together. */
  #apply(): Promise<void> {
    this.#nextApply ??= this.#queue(async () => {
      this.#nextApply = null;
      const changes = this.#changes;
      this.#changes = [];
      if (!this.#options || changes.length === 0) return;
      try {
        await this.#nft(`${changes.join('\n')}\n`);
      } catch (err) {
        this.#log.debug({ err }, 'A change of the firewall table failed; it is written whole');
        await this.#rewrite();
      }
    });
    return this.#nextApply;
  }

  async #rewrite(): Promise<void> {
    this.#changes = [];
    if (this.#options) await this.#nft(wholeRuleSet(this.#options, this.#published.values()));
  }

  async #isThere(): Promise<boolean> {
    const tables = await this.#run('nft', ['list', 'tables', 'inet']);
    return tables.split('\n').includes(`table inet ${this.#table}`);
  }

  async #nft(text: string): Promise<void> {
    await this.#run('nft', ['-f', '-'], { input: text });
  }
}
