import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, copyFileSync, openSync, statSync, truncateSync } from 'node:fs';

const maxLogBytes = 16_000_000;

/**
 * Starts an agent that outlives this process: in a session of its own, with no channel to us. Its output is appended to
 * the log file.
 */
export function spawnAgent(
  [program, ...args]: readonly [string, ...string[]],
  environment: NodeJS.ProcessEnv,
  logPath: string,
): ChildProcess {
  const log = openSync(logPath, 'a', 0o600);
  try {
    return spawn(program, args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: environment,
      windowsHide: true,
    });
  } finally {
    closeSync(log);
  }
}

/** Moves what is in the log to `….1` when it has grown; the agent goes on appending to the same file. */
export function trimLog(path: string): void {
  try {
    if (statSync(path).size <= maxLogBytes) return;
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
  } catch {
    // There is no log yet, or the disk is full: neither is worth ending anything for.
  }
}
