import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

let folder: string;
let panel: ChildProcess;
let ended: Promise<unknown[]>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'catalyst-main-'));
  panel = spawn(process.execPath, [fileURLToPath(new URL('main.ts', import.meta.url))], {
    env: { CATALYST_DATA_DIR: folder, CATALYST_PORT: '0' },
    stdio: 'ignore',
  });
  ended = once(panel, 'exit');
});
afterEach(async () => {
  panel.kill('SIGKILL');
  await ended;
  rmSync(folder, { recursive: true });
});

const there = (...path: string[]) =>
  vi.waitFor(() => expect(existsSync(join(folder, ...path))).toBe(true), { timeout: 20_000, interval: 5 });

describe.skipIf(process.platform === 'win32')(
  'a signal to the panel (skipped on Windows, which has none)',
  () => {
    it('ends it in order, however often it comes', async () => {
      await there('run', 'port');
      const repeat = setInterval(() => panel.kill('SIGTERM') && panel.kill('SIGINT'), 3);
      const end = await ended;
      clearInterval(repeat);
      expect(end).toEqual([0, null]);
      expect(existsSync(join(folder, 'run', 'port'))).toBe(false);
    });

    it('ends it in order while it starts', async () => {
      // The first thing the panel makes.
      await there('run');
      panel.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
      expect(existsSync(join(folder, 'run', 'port'))).toBe(false);
    });
  },
);
