import type { ImportNote } from '@catalyst/shared/features/template-import';
import type { BulkImportResult } from '@catalyst/shared/features/templates';

/** A file on its way to becoming a template. */
export interface ImportEntry {
  key: number;
  fileName: string;
  /** Its text; empty where there is a problem that keeps it from the panel. */
  content: string;
  state: 'waiting' | 'ready' | 'refused' | 'imported';
  template: BulkImportResult['template'];
  report: BulkImportResult['report'];
  error: BulkImportResult['error'];
  isChosen: boolean;
}

const batchBytes = 2_000_000;
const batchFiles = 100;

/** In their order, as many at a time as the panel reads in a moment. */
export function batchesOf(entries: readonly ImportEntry[]): ImportEntry[][] {
  const batches: ImportEntry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = entry.content.length;
    const last = batches.at(-1);
    if (last && bytes + size <= batchBytes && last.length < batchFiles) {
      last.push(entry);
      bytes += size;
    } else {
      batches.push([entry]);
      bytes = size;
    }
  }
  return batches;
}

/** What the panel said of one: of a dry run, or of the import itself. */
export function settled(entry: ImportEntry, result: BulkImportResult, isDryRun: boolean): ImportEntry {
  const { template, report, error } = result;
  // What was understood in the dry run stays with a file that is refused later.
  if (error) return { ...entry, state: 'refused', error, isChosen: false };
  const state = isDryRun ? 'ready' : 'imported';
  return { ...entry, state, template, report, error: null, isChosen: isDryRun };
}

export function countOutcomes(notes: readonly ImportNote[]): Record<ImportNote['outcome'], number> {
  const counts = { understood: 0, changed: 0, kept: 0, refused: 0 };
  for (const { outcome } of notes) counts[outcome] += 1;
  return counts;
}
