import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { describeUnless } from '../../testing/describe-unless.ts';
import { ProcessRuntime } from '../process-runtime.ts';
import { RunFolder } from '../run-folder.ts';
import { bytes, RuntimeBench } from '../runtime-suite.ts';
import { shellGame } from './testing/shell-game.ts';

// A disk of its own, small enough to be filled.
const disk = mkdtempSync(join(tmpdir(), 'catalyst-disk-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k,mode=711', 'tmpfs', disk]).status === 0;
const reason = mounted ? null : 'a small disk needs the right to mount one';

describeUnless(reason, 'on a full disk', () => {
  const subject = (holder: 'shell' | 'node') => ({
    open: (runRoot: string) =>
      new ProcessRuntime({ runRoot, cgroupPrefix: 'unused', cgroupRoot: '/nowhere', holder }),
    game: shellGame,
    firstUid: null,
  });
  const runRoot = join(disk, 'run');
  const filler = join(disk, 'filler');
  afterEach(() => rmSync(filler, { force: true }));
  beforeAll(() => mkdirSync(runRoot));
  afterAll(() => {
    // Lazily: the holder of a server that just ended may still be on its way out of it.
    spawnSync('umount', ['--lazy', disk]);
    rmSync(disk, { recursive: true, force: true });
  });

  test.each(['shell', 'node'] as const)(
    'a start is refused and leaves nothing (%s holder)',
    async (holder) => {
      await using bench = new RuntimeBench(subject(holder));
      fill(filler);
      const runtime = subject(holder).open(runRoot);
      const launch = bench.launch(shellGame(), { serverId: `refused-${holder}` });
      await runtime.detect();
      fill(filler);
      const start = runtime.start(launch, AbortSignal.timeout(20_000));
      await expect(start).rejects.toMatchObject({ code: 'disk_full' });
      expect(existsSync(new RunFolder(runRoot, launch.serverId, launch.startId).path)).toBe(false);
      rmSync(filler);
    },
  );

  test.each(['shell', 'node'] as const)(
    'the exit of a running server is still seen (%s holder)',
    async (holder) => {
      await using bench = new RuntimeBench({ ...subject(holder), open: () => subject(holder).open(runRoot) });
      const launch = bench.launch(shellGame('say ready'), { serverId: `running-${holder}` });
      const server = await bench.runtime.start(launch, AbortSignal.timeout(20_000));
      fill(filler);
      await server.write(bytes('exit 5\n'));
      expect(await server.exited).toMatchObject({ code: 5, signal: null });
      rmSync(filler);
    },
  );
});

function fill(path: string): void {
  for (const size of [65_536, 4096, 1]) {
    try {
      for (;;) appendFileSync(path, Buffer.alloc(size));
    } catch {
      // Full for pieces of this size.
    }
  }
}
