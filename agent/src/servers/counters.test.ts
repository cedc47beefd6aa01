import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { Counters, firstServerUid } from './counters.ts';

describe('counters', () => {
  it('never give a number twice, over any number of processes that are killed', async () => {
    const path = join(temporaryFolder(), 'counters.json');
    const [events, uids]: [number[], number[]] = [[], []];
    for (let process = 0; process < 5; process++) {
      const counters = await Counters.open(path);
      for (let count = 0; count < 12_000; count++) events.push(counters.nextEventId());
      uids.push(await counters.nextUid());
    }
    expect(events.every((id, index) => index === 0 || id > (events[index - 1] as number))).toBe(true);
    expect(uids).toEqual([...new Set(uids)].sort((one, other) => one - other));
    expect(uids[0]).toBeGreaterThanOrEqual(firstServerUid);
  });

  it('go on above what is in use when their file is lost or damaged', async () => {
    const path = join(temporaryFolder(), 'counters.json');
    for (const damage of [() => rmSync(path, { force: true }), () => writeFileSync(path, '{')]) {
      damage();
      rmSync(`${path}.bak`, { force: true });
      const counters = await Counters.open(path);
      // More than any data folder begins with.
      const uid = firstServerUid + 200_000_000;
      await counters.raise({ eventId: 70_000, uid });
      expect(counters.nextEventId()).toBe(70_001);
      expect(await counters.nextUid()).toBe(uid + 1);
    }
  });
});
