import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, copyFileSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { uptime } from 'node:os';

/** An agent that runs: its pid, and when that process began, as pids are used again. */
export interface AgentProcess {
  pid: number;
  startTime: string;
}

const maxLogBytes = 16_000_000;
/** How far the clock may have been put right since the machine came up. */
const clockSkewMs = 60_000;

/** The agent that holds this lock file, if it is alive. */
export function findAgent(lockPath: string): AgentProcess | null {
  try {
    const { pid, startTime } = JSON.parse(readFileSync(lockPath, 'utf8')) as Partial<AgentProcess>;
    if (typeof pid !== 'number' || !Number.isInteger(pid) || typeof startTime !== 'string') return null;
    if (process.platform !== 'linux' && isFromEarlierBoot(lockPath)) return null;
    const agent = { pid, startTime };
    return isAlive(agent) ? agent : null;
  } catch {
    return null;
  }
}

export function isAlive({ pid, startTime }: AgentProcess): boolean {
  try {
    if (process.platform === 'linux') return linuxStartTime(pid) === startTime;
    return process.kill(pid, 0);
  } catch (error) {
    // It is there, and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Where the start of a process is not to be had, at least no pid from before a restart of the machine is believed. */
const isFromEarlierBoot = (lockPath: string) =>
  statSync(lockPath).mtimeMs < Date.now() - uptime() * 1000 - clockSkewMs;

/** Asks that very process to end; does nothing when it is gone, or not ours to end. */
export function endAgent(agent: AgentProcess): void {
  if (!isAlive(agent)) return;
  try {
    process.kill(agent.pid, 'SIGTERM');
  } catch {
    // Whoever waits for its end sees that it lives on.
  }
}

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

function linuxStartTime(pid: number): string | null {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended.
  return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
}
