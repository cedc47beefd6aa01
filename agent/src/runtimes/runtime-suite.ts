import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Limits } from '@catalyst/shared/features/server-spec';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RunFolder } from './run-folder.ts';
import type { Exit, Launch, RunningServer, Runtime } from './runtime.ts';

/** What the suite must know about the runtime it tests. */
export interface SuiteSubject {
  /** An agent's runtime over a run root. Called again for the agent that comes after it. */
  open(runRoot: string): Runtime;
  /** The command of a game that obeys the commands of fake-game.ts. */
  game(...commands: string[]): string[];
  /** What every launch has, where it is not the usual. */
  launch?: Partial<Launch>;
  /** The first of a row of users for the servers, or null where they cannot have one. */
  firstUid: number | null;
}

/** A temporary folder with servers in it; whatever still runs is killed at the end. */
export class RuntimeBench {
  readonly folder = mkdtempSync(join(tmpdir(), 'catalyst-runtime-'));
  readonly runRoot = join(this.folder, 'run');
  readonly runtime: Runtime;
  readonly subject: SuiteSubject;
  readonly #starts: { runtime: Runtime; serverId: string; startId: string }[] = [];
  #count = 0;

  constructor(subject: SuiteSubject) {
    chmodSync(this.folder, 0o711);
    this.subject = subject;
    this.runtime = subject.open(this.runRoot);
  }

  launch(argv: readonly string[], changes: Partial<Launch> = {}): Launch {
    this.#count++;
    const serverId = changes.serverId ?? `server-${this.#count}`;
    const directory = changes.directory ?? join(this.folder, serverId);
    const { firstUid } = this.subject;
    const uid = firstUid === null ? null : firstUid + this.#count;
    if (!existsSync(directory)) {
      mkdirSync(directory);
      if (uid !== null) chownSync(directory, uid, uid);
    }
    return {
      serverId,
      startId: `start-${this.#count}`,
      argv,
      environment: { PATH: '/usr/local/bin:/usr/bin:/bin' },
      directory,
      uid,
      limits: Limits.parse({ memoryMb: 256, cpuCores: 2, diskMb: 100, pids: 64 }),
      image: null,
      registries: [],
      network: { mode: 'host' },
      ports: [],
      terminal: false,
      purpose: 'game',
      ...this.subject.launch,
      ...changes,
    };
  }

  async start(argv: readonly string[], changes: Partial<Launch> = {}): Promise<RunningServer> {
    const launch = this.launch(argv, changes);
    this.willClean(launch);
    return await this.runtime.start(launch, AbortSignal.timeout(20_000));
  }

  game(...commands: string[]): Promise<RunningServer> {
    return this.start(this.subject.game(...commands));
  }

  willClean({ serverId, startId }: { serverId: string; startId: string }): void {
    this.#starts.push({ runtime: this.runtime, serverId, startId });
  }

  out({ serverId, startId }: { serverId: string; startId: string }): string {
    return readFileSync(new RunFolder(this.runRoot, serverId, startId).stdout, 'utf8');
  }

  err({ serverId, startId }: { serverId: string; startId: string }): string {
    return readFileSync(new RunFolder(this.runRoot, serverId, startId).stderr, 'utf8');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { runtime, serverId, startId } of this.#starts) {
      const found = await runtime.recover(serverId, startId);
      if (isRunning(found)) await found.kill();
      await runtime.remove(serverId, startId);
      await runtime.removeServer(serverId);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function isRunning(found: RunningServer | Exit | null): found is RunningServer {
  return found !== null && 'kill' in found;
}

/** Waits for text in what a server has printed. */
export function printed(bench: RuntimeBench, server: RunningServer, text: string): Promise<void> {
  return vi.waitFor(() => expect(bench.out(server)).toContain(text), { timeout: 10_000, interval: 5 });
}

export const bytes = (text: string) => Buffer.from(text);

/** What every runtime promises. */
export function runtimeSuite(name: string, subject: SuiteSubject): void {
  describe(name, () => {
    let bench: RuntimeBench;
    beforeEach(() => {
      bench = new RuntimeBench(subject);
    });
    afterEach(() => bench[Symbol.asyncDispose]());

    test('keeps output and errors apart', async () => {
      const server = await bench.game('say to everybody', 'complain to the admin', 'exit 0');
      await server.exited;
      expect(bench.out(server)).toBe('to everybody\n');
      expect(bench.err(server)).toBe('to the admin\n');
    });

    test('hands over what is typed', async () => {
      const server = await bench.game('say ready');
      await printed(bench, server, 'ready\n');
      await server.write(bytes('say first\nsay sec'));
      await server.write(bytes('ond\n'));
      await printed(bench, server, 'first\nsecond\n');
    });

    test('tells the exit code', async () => {
      const before = Date.now();
      const server = await bench.game('exit 3');
      const exit = await server.exited;
      expect(exit).toMatchObject({ code: 3, signal: null, outOfMemory: false });
      expect(exit.at.getTime()).toBeGreaterThanOrEqual(before - 1000);
    });

    test('tells the signal of a crash', async () => {
      const server = await bench.game('crash');
      expect(await server.exited).toMatchObject({ code: null, signal: 'SIGSEGV', outOfMemory: false });
    });

    test('stops a server by a command', async () => {
      const server = await bench.game();
      await server.write(bytes('stop\n'));
      expect(await server.exited).toMatchObject({ code: 0, signal: null });
    });

    test('stops a server by a signal', async () => {
      const server = await bench.game('say ready');
      await printed(bench, server, 'ready');
      await server.signal('SIGTERM');
      expect(await server.exited).toMatchObject({ code: null, signal: 'SIGTERM' });
      await server.signal('SIGTERM');
    });

    test('delivers SIGINT, which shells like to withhold from background processes', async () => {
      const server = await bench.game('say ready');
      await printed(bench, server, 'ready');
      await server.signal('SIGINT');
      expect(await server.exited).toMatchObject({ code: null, signal: 'SIGINT' });
    });

    test('kills a server that does not want to stop', async () => {
      const server = await bench.game('be-stubborn', 'say ready');
      await printed(bench, server, 'ready');
      await server.signal('SIGTERM');
      await server.write(bytes('say still here\n'));
      await printed(bench, server, 'still here');
      await server.kill();
      expect(await server.exited).toMatchObject({ code: null, signal: 'SIGKILL', outOfMemory: false });
      await server.kill();
    });

    test('refuses input to a server that is gone', async () => {
      const server = await bench.game('exit 0');
      await server.exited;
      await expect(server.write(bytes('x\n'))).rejects.toMatchObject({ code: 'not_running' });
    });

    test('refuses input in the end when the server has closed it', async () => {
      const server = await bench.game('close-input', 'say closed');
      await printed(bench, server, 'closed');
      const typeUntilRefused = async () => {
        for (;;) {
          await server.write(bytes('x\n'));
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      await expect(typeUntilRefused()).rejects.toMatchObject({ code: 'not_running' });
    });

    test('bounds the input that waits for a server which does not read', async () => {
      const server = await bench.game('be-deaf', 'say deaf');
      await printed(bench, server, 'deaf');
      let waiting = 0;
      const typeUntilRefused = async () => {
        for (const line = bytes(`${'x'.repeat(999)}\n`); waiting < 2 ** 22; waiting += line.length) {
          await server.write(line);
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      await expect(typeUntilRefused()).rejects.toMatchObject({ code: 'rate_limited' });
      expect(waiting).toBeGreaterThan(30_000);
      await server.kill();
    });

    test('lets a server flood without anybody reading', async () => {
      const server = await bench.game('flood 500000', 'exit 0');
      expect(await server.exited).toMatchObject({ code: 0 });
      const { stdout } = new RunFolder(bench.runRoot, server.serverId, server.startId);
      expect(statSync(stdout).size).toBeGreaterThan(50_000_000);
      expect(bench.out(server).endsWith(`flood 500000 ${'x'.repeat(90)}\n`)).toBe(true);
    });

    test('keeps servers apart', async () => {
      const one = await bench.game('say one');
      const two = await bench.game('say two');
      await one.write(bytes('say only one\n'));
      await printed(bench, one, 'only one');
      await one.kill();
      await two.write(bytes('say still two\n'));
      await printed(bench, two, 'still two');
      expect(bench.out(two)).toBe('two\nstill two\n');
    });

    test('takes a running server back', async () => {
      const before = await bench.game('say ready');
      before.release();
      const after = await bench.subject.open(bench.runRoot).recover(before.serverId, before.startId);
      if (!isRunning(after)) throw new Error('It is not running any more');
      expect(after.pid).toBe(before.pid);
      expect(after.startedAt).toEqual(before.startedAt);
      await after.write(bytes('say again\nexit 5\n'));
      expect(await after.exited).toMatchObject({ code: 5, signal: null });
      expect(bench.out(after)).toBe('ready\nagain\n');
    });

    test('tells how a server ended that nobody watched, as often as asked', async () => {
      const server = await bench.game('say ready');
      const exited = server.exited;
      await server.write(bytes('exit 9\n'));
      await exited;
      server.release();
      const next = bench.subject.open(bench.runRoot);
      for (let i = 0; i < 2; i++) {
        const exit = await next.recover(server.serverId, server.startId);
        expect(exit).toMatchObject({ code: 9, signal: null, outOfMemory: false });
        await next.remove(server.serverId, server.startId);
      }
      expect(bench.out(server)).toBe('ready\n');
    });

    test('knows nothing of a start that never happened', async () => {
      expect(await bench.runtime.recover('server-x', 'start-x')).toBeNull();
      await bench.runtime.remove('server-x', 'start-x');
    });

    test('does not start when the caller has changed its mind', async () => {
      const launch = bench.launch(bench.subject.game('say ready'));
      await expect(bench.runtime.start(launch, AbortSignal.abort())).rejects.toThrow('abort');
      expect(await bench.runtime.recover(launch.serverId, launch.startId)).toBeNull();
    });

    test('starts one and the same start once', async () => {
      const server = await bench.game('say ready');
      const { serverId, startId } = server;
      await expect(bench.start(bench.subject.game(), { serverId, startId })).rejects.toMatchObject({
        code: 'conflict',
      });
      await server.write(bytes('say unharmed\n'));
      await printed(bench, server, 'unharmed');
    });

    test('does not remove a server that runs', async () => {
      const { serverId, startId } = await bench.game();
      await expect(bench.runtime.remove(serverId, startId)).rejects.toMatchObject({ code: 'invalid_state' });
    });

    test('refuses an empty command, but where an image has one of its own', async () => {
      const launch = bench.launch([]);
      if (launch.image !== null) {
        const server = await bench.start([]);
        return server.kill();
      }
      await expect(bench.runtime.start(launch, AbortSignal.timeout(5000))).rejects.toMatchObject({
        code: 'invalid_input',
      });
    });

    test('tells what a server uses', async () => {
      const server = await bench.game('say ready');
      await printed(bench, server, 'ready');
      const usage = await server.usage();
      expect(usage.pids).toBeGreaterThan(0);
      expect(usage.memoryBytes).toBeGreaterThan(0);
      expect(usage.cpuSeconds).toBeGreaterThanOrEqual(0);
    });
  });
}
