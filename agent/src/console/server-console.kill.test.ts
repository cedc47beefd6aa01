import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { ConsoleLine } from './console-line.ts';
import { allLines, ConsoleSandbox } from './testing/console-sandbox.ts';

const KILLS = 20;

function start(script: string, ...argv: string[]): ChildProcessByStdio<null, Readable, null> {
  const path = fileURLToPath(new URL(`./testing/${script}`, import.meta.url));
  const child = spawn(process.execPath, [path, ...argv], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

it(`loses, doubles and renumbers nothing when the agent is killed ${KILLS} times while a game prints`, async () => {
  const sandbox = new ConsoleSandbox();
  const run = sandbox.run();
  const notesPath = join(sandbox.root, 'told');
  const toldBytes = () => (existsSync(notesPath) ? statSync(notesPath).size : 0);
  const tail = (...mode: string[]) =>
    start('tail-process.ts', sandbox.historyFolder(), join(sandbox.root, 'run'), notesPath, ...mode);

  const writer = start('numbered-writer.ts', run.stdout, run.stderr, '1e9', '4000');
  const result = text(writer.stdout);
  for (let kill = 0; kill < KILLS; kill++) {
    const before = toldBytes();
    const agent = tail();
    await vi.waitFor(() => expect(toldBytes()).toBeGreaterThan(before), { timeout: 20_000, interval: 1 });
    // The moment is random on purpose: between two writes, in the middle of one, before or after telling.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
    agent.kill('SIGKILL');
    await once(agent, 'exit');
  }
  writer.kill('SIGTERM');
  const { printed } = JSON.parse(await result) as { printed: number };
  expect(printed).toBeGreaterThan(KILLS);
  expect(await once(tail('drain'), 'exit')).toEqual([0, null]);

  const console = await sandbox.open({ history: { segmentBytes: 64 * 1024 } });
  const lines = await allLines(console);
  expect(lines.pop()).toMatchObject({ stream: 'system', text: 'drained' });
  expect(lines.map(({ seq }) => seq)).toEqual(Array.from({ length: 2 * printed }, (_, index) => index + 1));
  for (const [stream, word] of [
    ['stdout', 'out'],
    ['stderr', 'err'],
  ]) {
    const numbers = lines
      .filter((line) => line.stream === stream)
      .map(({ text }) => Number(text.split(' ')[1]));
    expect(numbers).toEqual(Array.from({ length: printed }, (_, index) => index + 1));
    expect(
      lines.filter((line) => line.stream === stream).every(({ text }) => text.startsWith(`${word} `)),
    ).toBe(true);
  }

  // The last note of a killed agent may be torn; all others must be what the history says.
  const told = readFileSync(notesPath, 'utf8')
    .split('\n')
    .flatMap((note): ConsoleLine[] => {
      try {
        return [JSON.parse(note) as ConsoleLine];
      } catch {
        return [];
      }
    });
  expect(told.length).toBeGreaterThan(KILLS);
  const stored = new Map(lines.map((line) => [line.seq, line]));
  for (const line of told) {
    if (line.text !== 'drained') expect(stored.get(line.seq)).toEqual(line);
  }
  const seqs = told.map(({ seq }) => seq);
  expect(new Set(seqs).size).toBe(seqs.length);
}, 120_000);
