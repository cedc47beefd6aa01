import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '@catalyst/shared/node/start-error';
import { describe, expect, it, onTestFinished } from 'vitest';
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

  it('of a killed agent is taken over though the disk is full, and a missing one is missed in a sentence', async (context) => {
    const folder = temporaryFolder();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'pipe' });
    } catch {
      context.skip('a small disk needs the right to mount one');
    }
    onTestFinished(() => void execFileSync('umount', ['--lazy', folder]));
    const path = join(folder, 'agent.lock');
    writeFileSync(path, JSON.stringify({ pid: process.pid, startTime: '1', andMore: 'x'.repeat(100) }));
    const fill = () => writeFileSync(join(folder, 'filler'), Buffer.alloc(128 * 1024), { flag: 'a' });
    expect(fill).toThrow('ENOSPC');

    const giveBack = await takeAgentLock(path);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid });
    await expect(takeAgentLock(path)).rejects.toThrow('Another agent');
    await giveBack();
    expect(fill).toThrow('ENOSPC');
    const refusal = takeAgentLock(path);
    await expect(refusal).rejects.toThrow(StartError);
    await expect(refusal).rejects.toThrow(`The agent cannot start with ${path}: its disk is full`);
    expect(readdirSync(folder)).toEqual(['filler']);
  });

  it('that is stale is taken over by one only', async () => {
    const path = join(temporaryFolder(), 'agent.lock');
    writeFileSync(path, '');
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => takeAgentLock(path)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
