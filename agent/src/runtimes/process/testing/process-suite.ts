import { randomInt } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify } from '@catalyst/shared/node/process-identity';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ProcessRuntime, type ProcessRuntimeOptions } from '../../process-runtime.ts';
import { RunFolder } from '../../run-folder.ts';
import type { Launch } from '../../runtime.ts';
import { bytes, isRunning, printed, RuntimeBench } from '../../runtime-suite.ts';
import { readHolderRecord } from '../holder-record.ts';
import { shellGame } from './shell-game.ts';
import { SuiteAgentProcess } from './suite-agent-process.ts';

export type ProcessSubject = Omit<ProcessRuntimeOptions, 'runRoot'> & { firstUid: number | null };

/** What every kind of holder promises on Linux, beyond what every runtime does. */
export function processSuite(name: string, { firstUid, ...options }: ProcessSubject): void {
  describe(name, () => {
    let bench: RuntimeBench;
    beforeEach(() => {
      bench = new RuntimeBench({
        open: (runRoot) => new ProcessRuntime({ runRoot, ...options }),
        game: shellGame,
        firstUid,
      });
    });
    afterEach(() => bench[Symbol.asyncDispose]());

    describe('what a game is given', () => {
      const hostile = [
        ...['$(id)', '`id`', '; rm -rf x', '"', "'", "''\"'\\''", '\\', '\\n', 'two\nlines\n', '\n', ''],
        ...[
          '$\u007bIFS}',
          '*',
          '~',
          '%n%s',
          '-n',
          '--',
          '{{config.token}}',
          '!!',
          '&',
          '|',
          '<x>',
          '\u0001\u007f',
        ],
        ...['Ünïcödé ÁÂÃÄÅÆÇÈ', 'Ё', '\u{1F3AE}', 'x'.repeat(8192)],
      ];

      test('arguments come literally', async () => {
        const server = await bench.start(['/usr/bin/printf', '%s\\0', ...hostile]);
        await server.exited;
        expect(bench.out(server).split('\0').slice(0, -1)).toEqual(hostile);
      });

      test('the environment is exactly the one that was ordered', async () => {
        process.env.CATALYST_SECRET_OF_THE_AGENT = 'do not tell';
        const environment: Record<string, string> = Object.fromEntries(
          hostile.map((value, index) => [`HOSTILE_${index}`, value]),
        );
        for (const ownedByShells of ['UID', 'EUID', 'PPID', 'OPTIND', 'LINENO', 'SECONDS', 'RANDOM', '_']) {
          environment[ownedByShells] = `mine: ${ownedByShells}'s`;
        }
        for (const shellsListen of [
          'IFS',
          'PATH',
          'ENV',
          'BASH_ENV',
          'PS4',
          'PWD',
          'SHLVL',
          'HOME',
          'CDPATH',
        ]) {
          environment[shellsListen] = '/bin:$(id)';
        }
        const server = await bench.start(['/bin/cat', '/proc/self/environ'], { environment });
        expect(await server.exited).toMatchObject({ code: 0 });
        const lines = bench.out(server).split('\0').slice(0, -1);
        expect(lines.sort()).toEqual(
          Object.entries(environment)
            .map(([key, value]) => `${key}=${value}`)
            .sort(),
        );
        expect(bench.err(server)).toBe('');
      });

      test('nothing is added to an empty environment', async () => {
        const server = await bench.start(['/bin/cat', '/proc/self/environ'], { environment: {} });
        await server.exited;
        expect(bench.out(server)).toBe('');
      });

      test('the environment is in no argument, no file and not in the holder', async () => {
        const secret = `hunter2-${randomInt(2 ** 40)}`;
        const launch = bench.launch(['/bin/sh', '-c', 'echo ready; read line'], {
          environment: { TOKEN: secret },
        });
        bench.willClean(launch);
        let isStarting = true;
        const starting = bench.runtime.start(launch, AbortSignal.timeout(20_000)).finally(() => {
          isStarting = false;
        });
        let seen = 0;
        while (isStarting) {
          for (const { commandLine } of commandLines()) {
            seen++;
            expect(commandLine).not.toContain(secret);
          }
          await new Promise((resolve) => setImmediate(resolve));
        }
        expect(seen).toBeGreaterThan(0);
        const server = await starting;
        await printed(bench, server, 'ready');
        const folder = new RunFolder(bench.runRoot, server.serverId, server.startId);
        const holder = readHolderRecord(folder)?.holder;
        expect(readFileSync(`/proc/${holder?.pid}/environ`, 'utf8')).not.toMatch(/TOKEN|SECRET/);
        expect(readFileSync(`/proc/${server.pid}/environ`, 'utf8')).toBe(`TOKEN=${secret}\0`);
        for (const file of readdirSync(folder.path).filter((file) => file !== 'in')) {
          expect(readFileSync(join(folder.path, file), 'utf8')).not.toContain(secret);
        }
      });

      test('no descriptor but the three', async () => {
        const server = await bench.start([
          '/bin/sh',
          '-c',
          'cd /proc/$$/fd; for n in *; do readlink $n; done; exit 0',
        ]);
        await server.exited;
        const own = (target: string) =>
          target === '/dev/null' || target.startsWith(bench.runRoot) || target.startsWith('socket:');
        const targets = bench.out(server).trim().split('\n');
        expect(targets.length).toBeGreaterThanOrEqual(3);
        expect(targets.filter((target) => !own(target))).toEqual([]);
        expect(targets.filter((target) => target.startsWith('socket:')).length).toBeLessThanOrEqual(1);
      });

      test('its own folder, and files nobody else may read', async () => {
        const launch = bench.launch(['/bin/sh', '-c', 'pwd -P; echo x >made']);
        bench.willClean(launch);
        const server = await bench.runtime.start(launch, AbortSignal.timeout(20_000));
        await server.exited;
        expect(bench.out(server)).toBe(`${launch.directory}\n`);
        const made = statSync(join(launch.directory, 'made'));
        expect(made.mode & 0o777).toBe(0o640);
        if (launch.uid !== null) expect([made.uid, made.gid]).toEqual([launch.uid, launch.uid]);
      });

      test('the reason why a program cannot run, where its errors are', async () => {
        const server = await bench.start(['no-such-program']);
        expect(await server.exited).toMatchObject({ code: 127, signal: null });
        expect(bench.err(server)).toMatch(/no-such-program|ENOENT/);
      });
    });

    describe('refuses', () => {
      const refusals: [string, (bench: RuntimeBench) => Launch][] = [
        ['a zero byte in an argument', (b) => b.launch(['a\0b'])],
        ['a name no environment can have', (b) => b.launch(['a'], { environment: { 'A=B': 'x' } })],
        ['a zero byte in the environment', (b) => b.launch(['a'], { environment: { A: 'x\0' } })],
        ['an argument the kernel would refuse', (b) => b.launch(['a', 'x'.repeat(200_000)])],
        ['a program that looks like an option', (b) => b.launch(['-c'])],
        ['a program that looks like an assignment', (b) => b.launch(['LD_PRELOAD=x', 'sh'])],
        ['an id that leads elsewhere', (b) => ({ ...b.launch(['a']), serverId: '../../../etc' })],
        ['a folder that is not absolute', (b) => ({ ...b.launch(['a']), directory: 'server' })],
        ['a folder that is missing', (b) => ({ ...b.launch(['a']), directory: '/nowhere/at/all' })],
        [
          'a link in the place of the folder',
          (b) => {
            const link = join(b.folder, 'link');
            symlinkSync('/etc', link);
            return { ...b.launch(['/bin/pwd']), directory: link };
          },
        ],
      ];
      test.each(refusals)('%s', async (_, makeLaunch) => {
        const launch = makeLaunch(bench);
        const start = bench.runtime.start(launch, AbortSignal.timeout(20_000));
        await expect(start).rejects.toMatchObject({ code: 'invalid_input' });
        if (launch.serverId.startsWith('server')) {
          expect(existsSync(new RunFolder(bench.runRoot, launch.serverId, launch.startId).path)).toBe(false);
        }
      });
    });

    describe('the whole tree', () => {
      // Each leaves the session, one its parents and its input and output as well.
      const tree = (marker: string) =>
        `setsid sleep ${marker} & setsid sh -c 'setsid sh -c "sleep ${marker}; :" </dev/null >/dev/null 2>&1 &' &
         wait $!; echo planted`;

      test('is killed with the server', async () => {
        const marker = newMarker();
        const server = await bench.start(['/bin/sh', '-c', `${tree(marker)}; read line`]);
        await printed(bench, server, 'planted');
        await vi.waitFor(() => expect(withMarker(marker).length).toBeGreaterThanOrEqual(3), 10_000);
        await server.kill();
        expect(withMarker(marker)).toEqual([]);
        expect(await server.exited).toMatchObject({ code: null, signal: 'SIGKILL' });
      });

      test('is killed without what writes down how it ended', async () => {
        const servers = await Promise.all(Array.from({ length: 20 }, () => bench.start(['/bin/cat'])));
        for (const server of servers) {
          await server.kill();
          expect(await server.exited).toMatchObject({ code: null, signal: 'SIGKILL' });
        }
      });

      test('does not outlive its main process', async () => {
        const marker = newMarker();
        const server = await bench.start(['/bin/sh', '-c', `${tree(marker)}; exit 4`]);
        expect(await server.exited).toMatchObject({ code: 4, signal: null });
        expect(withMarker(marker)).toEqual([]);
      });

      test('does not outlive its holder', async () => {
        const marker = newMarker();
        const server = await bench.start(['/bin/sh', '-c', `${tree(marker)}; read line`]);
        await printed(bench, server, 'planted');
        const folder = new RunFolder(bench.runRoot, server.serverId, server.startId);
        process.kill(readHolderRecord(folder)?.holder?.pid ?? 0, 'SIGKILL');
        expect(await server.exited).toMatchObject({ code: null, signal: null, outOfMemory: false });
        expect(withMarker(marker)).toEqual([]);
      });

      test('is gone when a start is called off half-way', async () => {
        const marker = newMarker();
        for (const delayMs of [0, 1, 2, 3, 5, 8]) {
          const launch = bench.launch(['/bin/sh', '-c', `sleep ${marker}`]);
          const controller = new AbortController();
          const starting = bench.runtime.start(launch, controller.signal);
          const outcome = starting.then(
            (server) => server.kill(),
            (err) => expect(err.name).toBe('AbortError'),
          );
          setTimeout(() => controller.abort(), delayMs);
          await outcome;
          expect(withMarker(marker)).toEqual([]);
          await bench.runtime.remove(launch.serverId, launch.startId);
        }
      });
    });

    test('twenty servers start and die together', async () => {
      const servers = await Promise.all(Array.from({ length: 20 }, () => bench.game('say ready')));
      expect(new Set(servers.map((server) => server.pid)).size).toBe(20);
      await Promise.all(servers.map((server) => printed(bench, server, 'ready')));
      await Promise.all(servers.map((server) => server.kill()));
      for (const server of servers) expect(await server.exited).toMatchObject({ signal: 'SIGKILL' });
    });

    describe('when the agent is killed', () => {
      const counting = `(i=0; while :; do i=$((i + 1)); echo "line $i"; sleep 0.002; done) &
        while read -r line; do echo "heard $line"; [ "$line" = end ] && exit 6; done`;

      test('a server runs on as the same process, loses no line and obeys the next agent', async () => {
        const launch = bench.launch(['/bin/sh', '-c', counting]);
        bench.willClean(launch);
        const agent = new SuiteAgentProcess({ options: { runRoot: bench.runRoot, ...options }, launch });
        const pid = await agent.started();
        const game = identify(pid);
        await agent.kill();
        const folder = new RunFolder(bench.runRoot, launch.serverId, launch.startId);
        const sizeAtDeath = statSync(folder.stdout).size;
        await vi.waitFor(() => expect(statSync(folder.stdout).size).toBeGreaterThan(sizeAtDeath + 200));

        const server = await bench.runtime.recover(launch.serverId, launch.startId);
        if (!isRunning(server)) throw new Error('The server did not survive');
        expect(server.pid).toBe(pid);
        expect(identify(pid)).toEqual(game);
        await server.write(bytes('hello\n'));
        await printed(bench, server, 'heard hello');
        await server.write(bytes('end\n'));
        expect(await server.exited).toMatchObject({ code: 6, signal: null });
        const numbers = [...bench.out(server).matchAll(/^line (\d+)$/gm)].map(([, number]) => Number(number));
        expect(numbers).toEqual(Array.from(numbers, (_, index) => index + 1));
      });

      test('the next agent can kill the server', async () => {
        const marker = newMarker();
        const launch = bench.launch(['/bin/sh', '-c', `setsid sleep ${marker} & sleep ${marker}`]);
        bench.willClean(launch);
        const agent = new SuiteAgentProcess({ options: { runRoot: bench.runRoot, ...options }, launch });
        await agent.started();
        await agent.kill();
        const server = await bench.runtime.recover(launch.serverId, launch.startId);
        if (!isRunning(server)) throw new Error('The server did not survive');
        await server.kill();
        expect(withMarker(marker)).toEqual([]);
      });

      test('the exit of a server is kept for the next agent', async () => {
        const launch = bench.launch([
          '/bin/sh',
          '-c',
          'until [ -e go ]; do sleep 0.01; done; echo bye; exit 7',
        ]);
        bench.willClean(launch);
        const agent = new SuiteAgentProcess({ options: { runRoot: bench.runRoot, ...options }, launch });
        await agent.started();
        await agent.kill();
        writeFileSync(join(launch.directory, 'go'), '');
        const folder = new RunFolder(bench.runRoot, launch.serverId, launch.startId);
        await vi.waitFor(() => expect(existsSync(folder.exit)).toBe(true), { timeout: 10_000 });
        const exit = await bench.runtime.recover(launch.serverId, launch.startId);
        expect(exit).toMatchObject({ code: 7, signal: null, outOfMemory: false });
        expect(readFileSync(folder.stdout, 'utf8')).toBe('bye\n');
      });

      test('at any moment of a start, the server is either found or was never there', async () => {
        const marker = newMarker();
        const outcomes = new Set<string>();
        const delaysMs = [0, 1, 2, 3, 4, 6, 8, 10, 15, 40, 60, 80];
        for (const delayMs of [...delaysMs, 'until it runs'] as const) {
          const launch = bench.launch(['/bin/sh', '-c', `read line; exit 8; : ${marker}`]);
          bench.willClean(launch);
          const agent = new SuiteAgentProcess({ options: { runRoot: bench.runRoot, ...options }, launch });
          await agent.starting();
          if (delayMs === 'until it runs') await agent.started();
          else for (const until = performance.now() + delayMs; performance.now() < until; );
          await agent.kill();
          const found = await bench.runtime.recover(launch.serverId, launch.startId);
          outcomes.add(found ? 'found' : 'never there');
          if (isRunning(found)) {
            await found.write(bytes('x\n'));
            expect(await found.exited).toMatchObject({ code: 8 });
          } else {
            expect(found).toBeNull();
            expect(existsSync(new RunFolder(bench.runRoot, launch.serverId, launch.startId).path)).toBe(
              false,
            );
          }
          await vi.waitFor(() => expect(withMarker(marker)).toEqual([]));
        }
        expect(outcomes).toContain('found');
      });
    });
  });
}

/** A number of seconds nobody else sleeps: it finds processes again. */
function newMarker(): string {
  return `9${randomInt(10 ** 8, 10 ** 9)}`;
}

function withMarker(marker: string): string[] {
  return commandLines()
    .filter(({ pid, commandLine }) => pid !== process.pid && commandLine.includes(marker))
    .map(({ commandLine }) => commandLine);
}

function commandLines(): { pid: number; commandLine: string }[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      return { pid: Number(pid), commandLine: readFileSync(`/proc/${pid}/cmdline`, 'utf8') };
    } catch {
      return [];
    }
  });
}
