import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '@catalyst/shared/contract/errors';
import { FakeGame } from './fake-game.ts';
import { RunFolder } from './run-folder.ts';
import {
  type Exit,
  type Launch,
  type Progress,
  type RunningServer,
  type Runtime,
  type RuntimeReport,
  unknownUsage,
} from './runtime.ts';

/**
 * Pretends to run servers (fake-game.ts says how to command one); their output is in real run folders. The games live as
 * long as this object: an "agent restart" in a test is a second agent over the same FakeRuntime.
 */
export class FakeRuntime implements Runtime {
  readonly name = 'fake';
  readonly #runRoot: string;
  readonly #games = new Map<string, FakeGame>();
  #nextPid = 1_000_000_001;
  readonly #images = new Set<string>();
  #refusal: AppError | null = null;
  #pullRefusal: AppError | null = null;

  constructor({ runRoot }: { runRoot: string }) {
    this.#runRoot = runRoot;
  }

  /** Lets every following start fail; null lets them succeed again. */
  refuseStarts(refusal: AppError | null): void {
    this.#refusal = refusal;
  }

  /** Lets images that are not here yet fail to come; null lets them come again. */
  refusePulls(refusal: AppError | null): void {
    this.#pullRefusal = refusal;
  }

  async detect(): Promise<RuntimeReport> {
    return {
      name: 'fake',
      available: true,
      version: null,
      enforces: { user: false, memory: false, cpu: false, pids: false },
      notes: ['Servers are only pretended.'],
    };
  }

  async prepare(
    { image }: Launch,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<void> {
    if (image === null || this.#images.has(image)) return;
    for (const doneBytes of [0, 500_000, 1_000_000]) {
      onProgress({ text: `Downloading ${image}`, doneBytes, totalBytes: 1_000_000 });
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      if (this.#pullRefusal) throw this.#pullRefusal;
    }
    this.#images.add(image);
  }

  async start(launch: Launch, signal: AbortSignal): Promise<RunningServer> {
    signal.throwIfAborted();
    if (launch.argv.length === 0) throw new AppError('invalid_input', 'The startup command is empty');
    if (this.#refusal) throw this.#refusal;
    const folder = this.#folder(launch.serverId, launch.startId);
    if (existsSync(folder.path)) throw new AppError('conflict', 'This start has happened already');
    mkdirSync(dirname(folder.path), { recursive: true, mode: 0o700 });
    mkdirSync(folder.path, { mode: 0o700 });
    for (const spool of [folder.stdout, folder.stderr]) closeSync(openSync(spool, 'ax', 0o600));
    writeFileSync(folder.state, '{}');
    const game = new FakeGame(launch, this.#nextPid++, folder);
    this.#games.set(folder.path, game);
    return takeOver(game);
  }

  async recover(serverId: string, startId: string): Promise<RunningServer | Exit | null> {
    const folder = this.#folder(serverId, startId);
    const game = this.#games.get(folder.path);
    if (game) return game.exit ?? takeOver(game);
    if (existsSync(folder.exit)) {
      const exit = JSON.parse(readFileSync(folder.exit, 'utf8'));
      return { ...exit, at: new Date(exit.at) };
    }
    // It was started by another process and has ended with it.
    if (existsSync(folder.state)) return { code: null, signal: null, outOfMemory: false, at: new Date() };
    return null;
  }

  async remove(serverId: string, startId: string): Promise<void> {
    const folder = this.#folder(serverId, startId);
    const game = this.#games.get(folder.path);
    if (game && !game.exit) throw new AppError('invalid_state', 'The server is still running');
    rmSync(folder.stdin, { force: true });
  }

  async removeServer(): Promise<void> {}

  #folder(serverId: string, startId: string): RunFolder {
    return new RunFolder(this.#runRoot, serverId, startId);
  }
}

function takeOver(game: FakeGame): RunningServer {
  let isReleased = false;
  return {
    serverId: game.launch.serverId,
    startId: game.launch.startId,
    pid: game.pid,
    startedAt: game.startedAt,
    exited: game.exited,
    async write(data) {
      if (isReleased) throw new AppError('not_running', 'The server does not take input');
      game.write(Buffer.from(data).toString());
    },
    async signal(signal) {
      game.signal(signal);
    },
    async kill() {
      game.signal('SIGKILL');
    },
    async usage() {
      const seconds = (Date.now() - game.startedAt.getTime()) / 1000;
      return { ...unknownUsage, cpuSeconds: seconds / 10, memoryBytes: 64 * 2 ** 20, pids: 1 };
    },
    async setLimits() {},
    async resize() {},
    release() {
      isReleased = true;
    },
  };
}
