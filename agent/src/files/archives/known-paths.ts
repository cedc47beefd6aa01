import { joinNames } from '../server-path.ts';
import { type ArchiveEntry, refusedEntry } from './archive-entry.ts';
import type { ArchiveLimits } from './archive-limits.ts';

const isCaseFolded = process.platform === 'win32' || process.platform === 'darwin';

/** Every path of an archive so far: none comes twice, and nothing is in what is no folder. */
export class KnownPaths {
  readonly #limits: ArchiveLimits;
  readonly #types = new Map<string, ArchiveEntry['type']>();

  constructor(limits: ArchiveLimits) {
    this.#limits = limits;
  }

  /** Throws `invalid_input` when it cannot be beside what came before. */
  add(names: readonly Buffer[], { path, type }: Pick<ArchiveEntry, 'path' | 'type'>): void {
    for (let depth = 1; depth < names.length; depth += 1) {
      const key = keyOf(names.slice(0, depth));
      const above = this.#types.get(key);
      if (above === undefined) {
        // It costs a folder and a place in memory like an entry of its own.
        this.#limits.countEntry(key.length);
        this.#types.set(key, 'folder');
      } else if (above !== 'folder')
        throw refusedEntry(path, 'is in something that is no folder in the archive');
    }
    const key = keyOf(names);
    const there = this.#types.get(key);
    if (there !== undefined && !(there === 'folder' && type === 'folder')) {
      throw refusedEntry(path, 'is in the archive twice');
    }
    this.#types.set(key, type);
  }

  isFile(names: readonly Buffer[]): boolean {
    const type = this.#types.get(keyOf(names));
    return type === 'file' || type === 'hard_link';
  }
}

/** Names that this system takes for the same have the same key. */
function keyOf(names: readonly Buffer[]): string {
  const path = joinNames(names);
  return isCaseFolded ? path.toString('utf8').normalize('NFC').toLowerCase() : path.toString('latin1');
}
