import type { NamedEntry } from '@catalyst/shared/node/sftp/answers';
import type { DirectoryEntry, EntryStats } from '../entry-stats.ts';
import type { ServerDirectory } from '../server-directory.ts';
import { isHiddenName } from '../temporary-name.ts';
import { toAttributes, toLine } from './attributes.ts';

const entriesAtOnce = 100;

/** A folder that is being read, a few entries at a time. */
export class Listing {
  readonly kind = 'folder';
  readonly stats: EntryStats;
  readonly #entries: AsyncGenerator<DirectoryEntry, void>;
  #isStarted = false;

  constructor(directory: ServerDirectory, path: Buffer, stats: EntryStats) {
    this.stats = stats;
    this.#entries = directory.list(path);
  }

  /** None when all were told. */
  async next(): Promise<NamedEntry[]> {
    const found: NamedEntry[] = this.#isStarted ? [] : ['.', '..'].map((name) => this.#itself(name));
    this.#isStarted = true;
    while (found.length < entriesAtOnce) {
      const { value, done } = await this.#entries.next();
      if (done || !value) break;
      if (isHiddenName(value.name)) continue;
      found.push(toNamed(value.name, value));
    }
    return found;
  }

  async close(): Promise<void> {
    await this.#entries.return();
  }

  #itself(name: string): NamedEntry {
    return toNamed(Buffer.from(name), this.stats);
  }
}

const toNamed = (name: Buffer, stats: EntryStats): NamedEntry => ({
  name,
  line: toLine(name, stats),
  attributes: toAttributes(stats),
});
