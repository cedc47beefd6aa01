import { describe, expect, it, vi } from 'vitest';
import { Turns } from './turns.ts';

const never = new AbortController().signal;

describe('Turns', () => {
  it('lets so many work at once, in the order they came', async () => {
    const turns = new Turns(2, 60_000);
    const begun: number[] = [];
    const ends = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
    const all = ends.map(({ promise }, index) =>
      turns.take(never, () => {
        begun.push(index);
        return promise;
      }),
    );
    await vi.waitFor(() => expect(begun).toEqual([0, 1]));
    ends[1]?.resolve();
    await all[1];
    await vi.waitFor(() => expect(begun).toEqual([0, 1, 2]));
    for (const end of ends) end.resolve();
    await Promise.all(all);
    expect(begun).toEqual([0, 1, 2, 3]);
  });

  it('goes on when somebody takes too long, or fails', async () => {
    const turns = new Turns(1, 20);
    void turns.take(never, () => new Promise(() => {}));
    await expect(turns.take(never, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await turns.take(never, async () => 'done')).toBe('done');
  });

  it('gives the turn of one who no longer wants it to the next', async () => {
    const turns = new Turns(1, 60_000);
    const first = Promise.withResolvers<void>();
    const working = turns.take(never, () => first.promise);
    const abort = new AbortController();
    const given = turns.take(abort.signal, async () => 'never');
    const last = turns.take(never, async () => 'last');
    abort.abort(new Error('no longer'));
    await expect(given).rejects.toThrow('no longer');
    first.resolve();
    await working;
    expect(await last).toBe('last');
  });
});
