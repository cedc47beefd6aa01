import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openServerDirectory } from './server-directory.ts';
import { makeSandbox } from './testing/sandbox.ts';

const script = fileURLToPath(new URL('./testing/writes-for-ever.ts', import.meta.url));

test('a write killed at any moment leaves the old or the new file, and nothing that stays', async () => {
  using sandbox = makeSandbox();
  for (let round = 0; round < 12; round += 1) {
    const acknowledged = await writeUntilKilled(sandbox.root, 1 + Math.random() * 60);
    const lines = readFileSync(join(sandbox.root, 'f'), 'utf8').trimEnd().split('\n');
    const number = Number(lines[0]);
    expect(number).toBeGreaterThanOrEqual(acknowledged);
    expect(lines).toHaveLength(1 + ((number * 7919) % 60_000));
    expect(lines.every((line) => line === lines[0])).toBe(true);
  }
  const leftovers = readdirSync(sandbox.root).filter((name) => name !== 'f').length;
  await using directory = await openServerDirectory(sandbox.root);
  expect(await directory.removeLeftovers()).toBe(leftovers);
  expect(readdirSync(sandbox.root)).toEqual(['f']);
});

/** Kills it some time after its first acknowledged write; returns the last number that it acknowledged. */
async function writeUntilKilled(root: string, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, [script, root], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  let last = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (last === 0) setTimeout(() => child.kill('SIGKILL'), afterMs);
    last = Number(line);
  }
  await closed;
  expect(last).toBeGreaterThan(0);
  return last;
}
