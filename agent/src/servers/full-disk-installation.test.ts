import { spawnSync } from 'node:child_process';
import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { DataFolder } from '../data-folder.ts';
import { ProcessRuntime } from '../runtimes/process-runtime.ts';
import { describeUnless, noPosix } from '../testing/describe-unless.ts';
import { newId } from '../testing/ids.ts';
import { counting, gameSpec } from '../testing/real-games.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { TestSupervisor } from '../testing/test-supervisor.ts';

/** A disk of its own for everything that an agent keeps; undefined without the right to mount one. */
function smallDisk(): DataFolder | undefined {
  const path = temporaryFolder();
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m,mode=711', 'tmpfs', path]);
  if (mount.status !== 0) return;
  // Lazily: the holder of a server that just ended may still be on its way out of it.
  onTestFinished(() => void spawnSync('umount', ['--lazy', path]));
  return new DataFolder(path);
}

describeUnless(noPosix, 'an installation that fills the whole disk', () => {
  it('fails with its words, and gives the disk back when it is wiped, to its neighbour, too', async ({
    skip,
  }) => {
    const folder = smallDisk();
    if (!folder) return skip('a small disk needs the right to mount one');
    const runtime = new ProcessRuntime({
      runRoot: folder.run,
      cgroupPrefix: 'unused',
      cgroupRoot: '/nowhere',
    });
    const test = await TestSupervisor.open({ folder, runtime });
    const neighbour = await test.run(gameSpec(counting));
    const marker = join(temporaryFolder(), 'well-behaved');
    const script = `[ -e ${marker} ] || cat /dev/zero >big`;
    const fill = { kind: 'run' as const, label: 'Fill', argv: ['/bin/sh', '-c', script] };
    const limits = { ...gameSpec('').limits, diskMb: 1024 };
    const hungry = gameSpec(counting, { limits, install: { timeoutSeconds: 60, steps: [fill] } });
    await test.supervisor.apply(hungry);
    const id = hungry.serverId;
    const { error } = await test.done(test.order(id, 'install'), 'unavailable');
    expect(error?.message).toContain('"Fill" failed. It ended with exit code 1');
    expect(test.supervisor.get(id).snapshot()).toMatchObject({ state: 'error', reason: 'install_failed' });
    expect(test.state(neighbour)).toBe('running');

    // To the last byte, so that not even its record can be written.
    fillUp(join(folder.server(id), 'rest'));
    writeFileSync(marker, '');
    await test.done(test.order(id, 'install', { wipeFirst: true }));
    expect(readdirSync(folder.server(id))).toEqual([]);
    await test.supervisor.get(neighbour).input(newId(), 'hello');
    await vi.waitFor(async () => expect(await test.lines(neighbour)).toContain('stdout: got hello'), 10_000);
    await test.done(test.order(neighbour, 'kill'));
  });
});

function fillUp(path: string): void {
  for (const size of [65_536, 4096, 1]) {
    try {
      for (;;) appendFileSync(path, Buffer.alloc(size));
    } catch {
      // Full for pieces of this size.
    }
  }
}
