import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { bootId } from '@catalyst/shared/node/process-identity';
import type { ServerConsole } from '../console/server-console.ts';
import { RunFolder } from '../runtimes/run-folder.ts';
import type { Exit, Launch, Progress, RunningServer, Runtime } from '../runtimes/runtime.ts';
import { isDoneWithin } from '../waiting.ts';
import type { RecordFile } from './record-file.ts';
import type { RunRecord } from './server-record.ts';

/** The console of a game that ends in a flood may lag behind; its state does not wait longer for it. */
const drainPatienceMs = 5000;

interface ServerRunsParts {
  file: RecordFile;
  runtime: Runtime;
  console: ServerConsole;
  runRoot: string;
}

/** One start after the other of one server: on record before it happens, followed, cleared when it is over. */
export class ServerRuns {
  readonly #parts: ServerRunsParts;

  constructor(parts: ServerRunsParts) {
    this.#parts = parts;
  }

  /**
   * Starts a program as the server and follows its output. Rejects with nothing left behind; when the signal came too
   * late the program runs and is returned.
   */
  async start(launch: Omit<Launch, 'serverId' | 'startId'>, signal: AbortSignal): Promise<RunningServer> {
    const { file, runtime, console } = this.#parts;
    await this.clear();
    const startId = newStartId();
    file.record.run = {
      startId,
      kind: launch.purpose,
      seqBefore: console.lastSeq,
      bootId: bootId(),
      ports: [...launch.ports],
      network: launch.network,
    };
    try {
      await file.save();
      signal.throwIfAborted();
      const { serverId } = file.record.spec;
      const running = await runtime.start({ ...launch, serverId, startId }, signal);
      try {
        await this.#follow(file.record.run);
      } catch (error) {
        await running.kill();
        throw error;
      }
      return running;
    } catch (error) {
      await this.clear();
      throw error;
    }
  }

  /** Fetches what such a start needs and the machine lacks; see Runtime. */
  prepare(
    launch: Omit<Launch, 'serverId' | 'startId'>,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { file, runtime } = this.#parts;
    const { serverId } = file.record.spec;
    return runtime.prepare({ ...launch, serverId, startId: newStartId() }, onProgress, signal);
  }

  /** What became of the start on record; its output is followed from where it was left. */
  async recover(run: RunRecord): Promise<RunningServer | Exit | null> {
    const { file, runtime } = this.#parts;
    const found = await runtime.recover(file.record.spec.serverId, run.startId);
    if (found !== null) await this.#follow(run);
    return found;
  }

  /** All output of an ended run is taken over, or enough time was given to it. */
  async drain(): Promise<void> {
    await isDoneWithin(drainPatienceMs, this.#parts.console.drain());
  }

  /** Removes what an ended run left, once its output is taken over. Does nothing when there is none. */
  async clear(): Promise<void> {
    const { file, runtime, console } = this.#parts;
    const { run, spec } = file.record;
    if (!run) return;
    await console.drain();
    await runtime.remove(spec.serverId, run.startId);
    await rm(this.#folder(run).path, { recursive: true, force: true });
    file.record.run = null;
  }

  /** Removes what all its runs shared, when there will be none any more. */
  async removeServer(): Promise<void> {
    const { file, runtime } = this.#parts;
    await runtime.removeServer(file.record.spec.serverId);
  }

  async #follow(run: RunRecord): Promise<void> {
    const options = run.kind === 'install' ? { stream: 'install' as const } : {};
    await this.#parts.console.attach(this.#folder(run), run.startId, options);
  }

  #folder({ startId }: RunRecord): RunFolder {
    return new RunFolder(this.#parts.runRoot, this.#parts.file.record.spec.serverId, startId);
  }
}

function newStartId(): string {
  return `${Date.now().toString(36)}-${randomBytes(6).toString('hex')}`;
}
