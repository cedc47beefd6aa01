import { expect, it } from 'vitest';
import { batchesOf, countOutcomes, type ImportEntry, settled } from './import-batches.ts';

let lastKey = 0;
const entry = (length: number): ImportEntry => {
  lastKey += 1;
  return {
    ...{ key: lastKey, fileName: `egg-${lastKey}.json`, content: 'x'.repeat(length), state: 'waiting' },
    ...{ template: null, report: null, error: null, isChosen: false },
  };
};
const sizes = (entries: ImportEntry[]) => batchesOf(entries).map((batch) => batch.length);

it('sends no more than two megabytes at a time, in order', () => {
  const entries = [900_000, 900_000, 900_000, 100, 1_048_576, 1_048_576].map(entry);
  expect(sizes(entries)).toEqual([2, 3, 1]);
  expect(batchesOf(entries).flat()).toEqual(entries);
});

it('sends no more than a hundred files at a time, and none where there is none', () => {
  expect(sizes(Array.from({ length: 201 }, () => entry(10)))).toEqual([100, 100, 1]);
  expect(batchesOf([])).toEqual([]);
});

const report = { version: 'PTDL_v2', encoding: 'json' as const, notes: [] };
const understood = { fileName: 'a', template: { id: 'a', name: 'A' }, report, error: null };
const refused = { fileName: 'a', template: null, report: null, error: { message: 'No', issues: [] } };

it('chooses what the dry run understood, and not what it refused', () => {
  expect(settled(entry(1), understood, true)).toMatchObject({ state: 'ready', isChosen: true });
  expect(settled(entry(1), refused, true)).toMatchObject({ state: 'refused', isChosen: false });
});

it('keeps what is known of a file that is refused only when it is imported', () => {
  const ready = settled(entry(1), understood, true);
  expect(settled(ready, refused, false)).toMatchObject({ state: 'refused', report, isChosen: false });
  expect(settled(ready, understood, false)).toMatchObject({ state: 'imported', isChosen: false });
});

it('counts what became of the parts of a file', () => {
  const notes = (['kept', 'kept', 'refused'] as const).map((outcome) => ({
    outcome,
    path: 'a',
    message: 'b',
  }));
  expect(countOutcomes(notes)).toEqual({ understood: 0, changed: 0, kept: 2, refused: 1 });
});
