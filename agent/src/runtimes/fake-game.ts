import { appendFileSync, writeFileSync } from 'node:fs';
import { AppError } from '@catalyst/shared/contract/errors';
import type { RunFolder } from './run-folder.ts';
import type { Exit, Launch } from './runtime.ts';

const maxWaitingBytes = 64 * 1024;
const floodPadding = 'x'.repeat(90);

/**
 * A game that lives in this process and does as it is told, by its arguments first and then by every line it reads:
 *
 *     say TEXT        prints a line           complain TEXT   the same on standard error
 *     flood N         prints N long lines     wait MS         does nothing for a while
 *     exit N, stop    ends (stop: with 0)     crash           ends by SIGSEGV
 *     run-out-of-memory                       is killed as the kernel would
 *     be-stubborn     ignores polite signals  be-deaf         reads no more input
 *     close-input     takes no more input
 */
export class FakeGame {
  readonly launch: Launch;
  readonly pid: number;
  readonly startedAt = new Date();
  readonly exited: Promise<Exit>;
  exit: Exit | null = null;
  readonly #folder: RunFolder;
  readonly #settle: (exit: Exit) => void;
  #unread = '';
  #isDeaf = false;
  #isClosed = false;
  #isStubborn = false;
  #work: Promise<void> = Promise.resolve();

  constructor(launch: Launch, pid: number, folder: RunFolder) {
    const { promise, resolve } = Promise.withResolvers<Exit>();
    this.launch = launch;
    this.pid = pid;
    this.exited = promise;
    this.#settle = resolve;
    this.#folder = folder;
    const [program, ...commands] = launch.argv;
    if (program === 'fake') this.#obey(commands);
    else this.#obey([`say Pretending to run ${program}`]);
  }

  write(text: string): void {
    if (this.exit || this.#isClosed) throw new AppError('not_running', 'The server does not take input');
    if (Buffer.byteLength(this.#unread) + Buffer.byteLength(text) > maxWaitingBytes) {
      throw new AppError('rate_limited', 'The server does not read its input; 64 KiB are waiting already');
    }
    this.#unread += text;
    this.#read();
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#isStubborn && signal !== 'SIGKILL') return;
    this.end({ code: null, signal });
  }

  end(how: { code: number | null; signal: string | null; outOfMemory?: boolean }): void {
    if (this.exit) return;
    this.exit = { outOfMemory: false, ...how, at: new Date() };
    writeFileSync(this.#folder.exit, JSON.stringify(this.exit));
    this.#settle(this.exit);
  }

  #read(): void {
    if (this.#isDeaf) return;
    const lines = this.#unread.split('\n');
    this.#unread = lines.pop() ?? '';
    this.#obey(lines);
  }

  /** One command after the other, the next when the one before is done. */
  #obey(commands: string[]): void {
    for (const command of commands) {
      this.#work = this.#work.then(() => {
        if (!this.exit) return this.#do(command);
      });
    }
  }

  async #do(command: string): Promise<void> {
    const [verb, ...rest] = command.split(' ');
    const text = rest.join(' ');
    switch (verb) {
      case 'say':
        return appendFileSync(this.#folder.stdout, `${text}\n`);
      case 'complain':
        return appendFileSync(this.#folder.stderr, `${text}\n`);
      case 'flood':
        return this.#flood(Number(text));
      case 'wait':
        return new Promise((resolve) => setTimeout(resolve, Number(text)));
      case 'exit':
        return this.end({ code: Number(text), signal: null });
      case 'stop':
        return this.end({ code: 0, signal: null });
      case 'crash':
        return this.end({ code: null, signal: 'SIGSEGV' });
      case 'run-out-of-memory':
        return this.end({ code: null, signal: 'SIGKILL', outOfMemory: true });
      case 'be-stubborn':
        this.#isStubborn = true;
        return;
      case 'be-deaf':
        this.#isDeaf = true;
        return;
      case 'close-input':
        this.#isClosed = true;
        return;
      default:
        return appendFileSync(this.#folder.stdout, `unknown command: ${command}\n`);
    }
  }

  async #flood(lines: number): Promise<void> {
    for (let line = 1; line <= lines && !this.exit; ) {
      let chunk = '';
      for (const end = Math.min(lines, line + 9999); line <= end; line++) {
        chunk += `flood ${line} ${floodPadding}\n`;
      }
      appendFileSync(this.#folder.stdout, chunk);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
