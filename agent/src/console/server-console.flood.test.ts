import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { allLines, ConsoleSandbox, texts } from './testing/console-sandbox.ts';

function start(script: string, ...argv: string[]) {
  const path = fileURLToPath(new URL(`./testing/${script}`, import.meta.url));
  // The agent's own memory settings.
  const options = ['--max-semi-space-size=1', '--max-old-space-size=48'];
  const child = spawn(process.execPath, [...options, path, ...argv], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

describe('a flood', () => {
  it('of 50,000 lines a second is stored whole and in order, and others are served meanwhile', async () => {
    const sandbox = new ConsoleSandbox();
    const [flooded, quiet] = [await sandbox.open(), await sandbox.open({ serverId: 'quiet' })];
    const [floodRun, quietRun] = [sandbox.run(), sandbox.run('start', 'quiet')];
    let liveLines = 0;
    let accounted = 0;
    flooded.subscribe((message) => {
      if ('lines' in message) {
        liveLines += message.lines.length;
        accounted += message.lines.length;
      } else accounted += message.dropped.toSeq - message.dropped.fromSeq + 1;
    });
    await flooded.attach(floodRun, 'start');
    await quiet.attach(quietRun, 'start');

    let answered = 0;
    quiet.subscribe(() => answered++);
    const writer = start('numbered-writer.ts', floodRun.stdout, floodRun.stdout, '100000', '50000');
    const written = text(writer.stdout);
    let isWritten = false;
    void written.then(() => {
      isWritten = true;
    });
    await vi.waitFor(() => expect(flooded.lastSeq).toBeGreaterThan(0), { timeout: 10_000, interval: 1 });
    // The quiet server prints a line only when its last one has arrived.
    let asked = 0;
    while (!isWritten) {
      appendFileSync(quietRun.stdout, `ping ${++asked}\n`);
      await vi.waitFor(() => expect(answered).toBe(asked), { timeout: 10_000, interval: 1 });
    }
    const { printed, longestWriteMs } = JSON.parse(await written) as {
      printed: number;
      longestWriteMs: number;
    };
    expect(printed).toBe(100_000);
    expect(longestWriteMs).toBeLessThan(1000);
    await flooded.drain();

    expect(asked).toBeGreaterThan(100);
    const lines = await allLines(flooded);
    expect(lines).toHaveLength(100_000);
    expect(
      lines.every(
        ({ seq, text }) => text.startsWith(`out ${seq} ä`) && text.length === text.trimEnd().length,
      ),
    ).toBe(true);
    await vi.waitFor(() => expect(accounted).toBe(100_000));
    expect(liveLines).toBeLessThan(20_000);
    expect(sandbox.problems).toEqual([]);
  }, 60_000);

  it('from a real shell is stored whole', async () => {
    const sandbox = new ConsoleSandbox();
    const console = await sandbox.open();
    const run = sandbox.run();
    await console.attach(run, 'start');
    const script = 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo "line $i"; echo "warn $i" >&2; done';
    const shell = spawn('/bin/sh', ['-c', `exec >>'${run.stdout}' 2>>'${run.stderr}'; ${script}`], {
      stdio: 'ignore',
    });
    expect(await once(shell, 'exit')).toEqual([0, null]);
    await console.drain();
    const lines = await allLines(console);
    const expected = (word: string) => Array.from({ length: 20_000 }, (_, index) => `${word} ${index + 1}`);
    expect(texts(lines.filter(({ stream }) => stream === 'stdout'))).toEqual(expected('line'));
    expect(texts(lines.filter(({ stream }) => stream === 'stderr'))).toEqual(expected('warn'));
  });

  it.each([
    { what: 'a line of 100 MB without newline', chunk: 'x'.repeat(1_000_000), chunks: 100, lines: 1527 },
    { what: '100 MB of lines', chunk: `${'x'.repeat(99)}\n`.repeat(10_000), chunks: 100, lines: 1_000_000 },
    { what: '100 MB of invalid bytes', chunk: Buffer.alloc(1_000_000, 0xff), chunks: 100, lines: 4579 },
  ])('of $what takes little memory', async ({ chunk, chunks, lines }) => {
    const sandbox = new ConsoleSandbox();
    const run = sandbox.run();
    const fd = openSync(run.stdout, 'a');
    for (let written = 0; written < chunks; written++) writeSync(fd, chunk as string);
    closeSync(fd);
    const agent = start('memory-process.ts', sandbox.historyFolder(), join(sandbox.root, 'run'));
    const cost = JSON.parse(await text(agent.stdout)) as Record<string, number>;
    expect(cost.lastSeq).toBe(lines + 1);
    expect(cost.growthMiB).toBeLessThan(40);
    expect(cost.longestBlockMs).toBeLessThan(1000);
  });
});
