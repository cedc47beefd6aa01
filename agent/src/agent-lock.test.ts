import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { takeAgentLock } from './agent-lock.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

describe('the lock', () => {
  it('names this very process, and goes when it is given back', async () => {
    const path = join(temporaryFolder(), 'agent.lock');
    const giveBack = await takeAgentLock(path);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      pid: process.pid,
      startTime: expect.any(String),
    });
    await expect(takeAgentLock(path)).rejects.toThrow(`Another agent (process ${process.pid})`);
    await giveBack();
    expect(existsSync(path)).toBe(false);
  });

  it.each([
    ['a process that is gone', { pid: 2 ** 22 + 1, startTime: '1' }],
    ['another process that has the same pid now', { pid: process.pid, startTime: '1' }],
    ['nobody, as it is damaged', 'nonsense'],
  ])('of %s is taken over', async (_who, content) => {
    const path = join(temporaryFolder(), 'agent.lock');
    writeFileSync(path, JSON.stringify(content));
    await (await takeAgentLock(path))();
  });

  it('that is stale is taken over by one only', async () => {
    const path = join(temporaryFolder(), 'agent.lock');
    writeFileSync(path, '');
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => takeAgentLock(path)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
