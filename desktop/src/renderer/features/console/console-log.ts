import type { ConsoleLine } from '@catalyst/shared/features/console';

/** Lines that exist but are not here. */
interface Gap {
  fromSeq: number;
  toSeq: number;
}
export type Entry = ConsoleLine | Gap;

export const isGap = (entry: Entry): entry is Gap => 'fromSeq' in entry;

export interface ConsoleLog {
  /** Oldest first, without doubles. */
  entries(): readonly Entry[];
  gaps(): readonly Gap[];
  /** Number of the oldest and the newest line known of; 0 when there is none. */
  oldestSeq(): number;
  newestSeq(): number;
  /** Takes lines as they come live; gives back what is new at the end, gaps included. */
  append(lines: readonly ConsoleLine[]): Entry[];
  /** Takes the news that lines were left out; gives back the new gap, if it is one. */
  noteDropped(fromSeq: number, toSeq: number): Entry[];
  prepend(lines: readonly ConsoleLine[]): void;
  /** Puts lines where they were missing. What the panel no longer has ends the gap too when `isComplete`. */
  fill(lines: readonly ConsoleLine[], gap: Gap, isComplete: boolean): void;
}

/**
 * The lines of one console that are loaded, in the order of their numbers, whatever order they arrive in.
 * `isContiguous` says that every number is expected; with a filter by stream it is not, and jumps are no gaps.
 */
export function createConsoleLog({
  isContiguous,
  limit,
}: {
  isContiguous: boolean;
  limit: number;
}): ConsoleLog {
  let entries: Entry[] = [];
  let newest = 0;

  const trim = () => {
    // Trimmed in larger steps, as moving ten thousand entries for each line would cost more than the line.
    if (entries.length > limit * 1.2) entries = entries.slice(-limit);
  };

  return {
    entries: () => entries,
    gaps: () => entries.filter(isGap),
    oldestSeq: () => (entries[0] ? firstSeqOf(entries[0]) : 0),
    newestSeq: () => newest,
    append(lines) {
      const added: Entry[] = [];
      for (const line of lines) {
        if (line.seq <= newest) continue;
        if (isContiguous && newest > 0 && line.seq > newest + 1) {
          added.push({ fromSeq: newest + 1, toSeq: line.seq - 1 });
        }
        added.push(line);
        newest = line.seq;
      }
      entries.push(...added);
      trim();
      return added;
    },
    noteDropped(fromSeq, toSeq) {
      const gap = { fromSeq: Math.max(fromSeq, newest + 1), toSeq };
      if (gap.toSeq < gap.fromSeq) return [];
      newest = toSeq;
      const last = entries.at(-1);
      // One notice for a whole flood, not one for every batch of it.
      if (last && isGap(last) && last.toSeq + 1 === gap.fromSeq) {
        entries[entries.length - 1] = { fromSeq: last.fromSeq, toSeq };
      } else entries.push(gap);
      trim();
      return [gap];
    },
    prepend(lines) {
      const oldest = entries[0] ? firstSeqOf(entries[0]) : Number.POSITIVE_INFINITY;
      const older = lines.filter(({ seq }) => seq < oldest);
      entries = [...older, ...entries];
      newest = Math.max(newest, older.at(-1)?.seq ?? 0);
    },
    fill(lines, { fromSeq, toSeq }, isComplete) {
      const inside = lines.filter(({ seq }) => seq >= fromSeq && seq <= toSeq);
      entries = entries.flatMap((entry) => {
        if (!isGap(entry) || entry.fromSeq > toSeq || entry.toSeq < fromSeq) return entry;
        return fillOne(entry, inside, isComplete, isContiguous);
      });
    },
  };
}

/** The first lines of a gap and what then still misses. */
function fillOne(
  gap: Gap,
  lines: readonly ConsoleLine[],
  isComplete: boolean,
  isContiguous: boolean,
): Entry[] {
  const own = lines.filter(({ seq }) => seq >= gap.fromSeq && seq <= gap.toSeq);
  if (isComplete) return own;
  const reached = own.at(-1)?.seq ?? gap.fromSeq - 1;
  const first = own[0]?.seq ?? gap.fromSeq;
  const before = isContiguous && first > gap.fromSeq ? [{ fromSeq: gap.fromSeq, toSeq: first - 1 }] : [];
  const after = reached < gap.toSeq ? [{ fromSeq: reached + 1, toSeq: gap.toSeq }] : [];
  return [...before, ...own, ...after];
}

const firstSeqOf = (entry: Entry): number => (isGap(entry) ? entry.fromSeq : entry.seq);
