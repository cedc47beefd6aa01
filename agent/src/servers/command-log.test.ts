import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { CommandLog } from './command-log.ts';

async function opened(path: string): Promise<CommandLog> {
  const log = new CommandLog(path);
  await log.open();
  return log;
}

const never = () => Promise.reject(new Error('given twice'));

describe('a command', () => {
  it('that comes twice is given once, over agent processes too', async () => {
    const path = join(temporaryFolder(), 'server', 'commands');
    const log = await opened(path);
    const give = async (note: () => Promise<void>) => {
      await note();
      return 7;
    };
    expect(await Promise.all([log.once('a', give), log.once('a', never)])).toEqual([7, 7]);
    expect(await (await opened(path)).once('a', never)).toBe(7);
  });

  it('that was being given when the agent was killed is not given again, and nobody says it was', async () => {
    const path = join(temporaryFolder(), 'commands');
    const log = await opened(path);
    const noted = Promise.withResolvers<void>();
    void log.once('a', async (note) => {
      await note();
      noted.resolve();
      return new Promise(() => {});
    });
    await noted.promise;
    await expect((await opened(path)).once('a', never)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('that was refused before it could reach the game may come again to a later agent process', async () => {
    const path = join(temporaryFolder(), 'commands');
    const refused = (await opened(path)).once('a', () => Promise.reject(new Error('not running')));
    await expect(refused).rejects.toThrow('not running');
    expect(await (await opened(path)).once('a', async () => 3)).toBe(3);
  });

  it('is remembered for hundreds of others, and then forgotten', async () => {
    const path = join(temporaryFolder(), 'commands');
    const log = await opened(path);
    const give = (seq: number) => async (note: () => Promise<void>) => {
      await note();
      return seq;
    };
    for (let seq = 0; seq < 1200; seq++) await log.once(`id-${seq}`, give(seq));
    const later = await opened(path);
    for (const seq of [1199, 900, 701]) expect(await later.once(`id-${seq}`, never)).toBe(seq);
    expect(await later.once('id-600', async () => -1)).toBe(-1);
  });

  it('is given when it cannot be remembered, and what a full disk has cut off spoils no other', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'commands');
    const log = await opened(path);
    await log.once('a', async (note) => {
      await note();
      return 1;
    });
    appendFileSync(path, '\nhal');
    await log.once('b', async (note) => {
      await note();
      return 2;
    });
    const later = await opened(path);
    expect(await later.once('b', never)).toBe(2);
    rmSync(folder, { recursive: true });
    const given = later.once('c', async (note) => {
      await note();
      return 3;
    });
    expect(await given).toBe(3);
  });
});
