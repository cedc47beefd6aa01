import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, type TestContext, vi } from 'vitest';
import { allLines, ConsoleSandbox } from './testing/console-sandbox.ts';

const KiB = 1024;

/** A disk of a megabyte of which only so much is free. */
function smallDisk(sandbox: ConsoleSandbox, context: TestContext) {
  const path = join(sandbox.root, 'disk');
  mkdirSync(path);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path], { stdio: 'pipe' });
  } catch {
    context.skip('a small disk needs the right to mount one');
  }
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', path]);
  });
  const filler = join(path, 'filler');
  return {
    path,
    leaveFree(bytes: number) {
      rmSync(filler, { force: true });
      const { bavail, bsize } = statfsSync(path);
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - bytes)));
    },
    clear: () => rmSync(filler, { force: true }),
  };
}

describe('a full disk', () => {
  it('costs lines, says so once and in the console, and heals by itself', async (context) => {
    const sandbox = new ConsoleSandbox();
    const disk = smallDisk(sandbox, context);
    const folder = join(disk.path, 'history');
    const console = await sandbox.open({ folder });
    const run = sandbox.run();
    let watched = 0;
    console.onLine(() => watched++);
    await console.attach(run, 'start');
    const live: number[] = [];
    console.subscribe((message) => {
      if ('lines' in message) live.push(...message.lines.map(({ seq }) => seq));
    });
    let printed = 0;
    const print = async (lines: number) => {
      appendFileSync(
        run.stdout,
        Array.from({ length: lines }, () => `line ${++printed} ${'x'.repeat(90)}\n`).join(''),
      );
      await vi.waitFor(() => expect(watched).toBe(printed), { interval: 1 });
    };
    disk.leaveFree(32 * KiB);
    // One by one, so that no smaller record fits when the first one does not.
    while (console.lastSeq === printed) await print(1);
    expect(printed).toBeGreaterThan(50);
    for (let round = 0; round < 5; round++) await print(1000);
    expect(sandbox.problems).toEqual(['Console lines are lost: the history cannot be written']);
    const seqWhenFull = console.lastSeq;
    expect(await console.append('stdin', 'say is anyone there?')).toBe(seqWhenFull);
    const lostLines = printed + 1 - seqWhenFull;

    disk.clear();
    await print(10);
    const lines = await allLines(console);
    expect(lines.map(({ seq }) => seq)).toEqual(
      Array.from({ length: lines.length }, (_, index) => index + 1),
    );
    expect(lines[seqWhenFull]).toMatchObject({
      stream: 'system',
      text: `[${lostLines} lines were lost here: they could not be written to the disk]`,
    });
    expect(lines.slice(seqWhenFull + 1).map(({ text }) => text.split(' ')[1])).toEqual(
      Array.from({ length: 10 }, (_, index) => `${printed - 9 + index}`),
    );
    await vi.waitFor(() => expect(live).toContain(seqWhenFull + 1));

    disk.leaveFree(0);
    await print(1000);
    expect(sandbox.problems).toHaveLength(2);
    await console.close();

    disk.clear();
    const after = await sandbox.open({ folder });
    expect((await allLines(after)).slice(0, lines.length)).toEqual(lines);
  });

  it('at any byte of a record leaves a history that opens and goes on', async (context) => {
    const sandbox = new ConsoleSandbox();
    const disk = smallDisk(sandbox, context);
    for (let free = 0; free <= 48 * KiB; free += 4 * KiB) {
      const folder = join(disk.path, `history-${free}`);
      disk.leaveFree(free);
      const console = await sandbox.open({ folder });
      const text = 'y'.repeat(1500);
      for (let index = 0; index < 40; index++) await console.append('system', `${index} ${text}`);
      const stored = console.lastSeq;
      expect(stored).toBeLessThan(40);
      await console.close();

      const after = await sandbox.open({ folder });
      expect(after.lastSeq).toBe(stored);
      disk.clear();
      expect(await after.append('system', 'there is space')).toBe(stored + 1);
      expect(await allLines(after)).toHaveLength(stored + 1);
      await after.close();
      rmSync(folder, { recursive: true });
    }
  });
});
