import { spawn } from 'node:child_process';
import { findProgram } from '../node/program-paths.ts';

const systemFolders = '/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin';
const outputLimitCharacters = 4_000_000;

export interface ProgramOptions {
  input?: string;
  environment?: Record<string, string>;
  timeoutMs?: number;
}

/** What it printed. Rejects with a ProgramFailure when it cannot be run, fails, or takes too long (then it is killed). */
export type RunProgram = (program: string, args: string[], options?: ProgramOptions) => Promise<string>;

export class ProgramFailure extends Error {
  override readonly name = 'ProgramFailure';
  readonly stdout: string;
  readonly stderr: string;
  readonly isMissing: boolean;

  constructor(message: string, { stdout = '', stderr = '', isMissing = false } = {}) {
    super(message);
    this.stdout = stdout;
    this.stderr = stderr;
    this.isMissing = isMissing;
  }
}

/** Looks a bare name up where systems keep their own programs, never in the agent's `PATH`. */
export const runProgram: RunProgram = (program, args, options = {}) => {
  const path = program.startsWith('/') ? program : findProgram(program, systemFolders);
  if (path === null) {
    const failure = new ProgramFailure(`The program ${program} is missing on this machine`, {
      isMissing: true,
    });
    return Promise.reject(failure);
  }
  return spawnAndCollect(path, args, options);
};

function spawnAndCollect(path: string, args: string[], options: ProgramOptions): Promise<string> {
  const { input = '', environment = {}, timeoutMs = 20_000 } = options;
  return new Promise((resolve, reject) => {
    const env = { PATH: systemFolders, LC_ALL: 'C', ...environment };
    const child = spawn(path, args, { env, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout = (stdout + text).slice(0, outputLimitCharacters);
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr = (stderr + text).slice(0, outputLimitCharacters);
    });
    const timer = setTimeout(() => {
      fail(`${path} did not finish within ${timeoutMs / 1000} seconds`);
      child.kill('SIGKILL');
    }, timeoutMs);
    function fail(message: string): void {
      clearTimeout(timer);
      reject(new ProgramFailure(message, { stdout, stderr }));
    }
    child.once('error', (error: NodeJS.ErrnoException) => fail(`${path} cannot be run: ${error.message}`));
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(stdout);
      else fail(`${path} failed (${signal ?? code}): ${firstLines(stderr)}`);
    });
    // A program that ends early does not read all of it; its exit code tells why.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

function firstLines(text: string): string {
  return text.trim().slice(0, 500);
}
