import { readFileSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import type { RunFolder } from '../run-folder.ts';

export interface ExitRecord {
  code: number | null;
  signal: string | null;
  at: Date;
}

/** What the holder wrote when the game ended; null when it has not. */
export function readExitRecord(folder: RunFolder): ExitRecord | null {
  try {
    const text = readFileSync(folder.exit, 'utf8');
    return { ...parseExit(text), at: statSync(folder.exit).mtime };
  } catch {
    return null;
  }
}

/** A shell writes one number; the Node holder writes code and signal, one of them `-`. */
export function parseExit(text: string): Omit<ExitRecord, 'at'> {
  const [code = '', signal] = text.trim().split(/\s+/);
  if (signal === undefined) return fromShellStatus(Number.parseInt(code, 10));
  return { code: code === '-' ? null : Number(code), signal: signal === '-' ? null : signal };
}

/**
 * A shell shows "ended by SIGTERM" and "exit(143)" alike. Programs that leave with such a number (Java does) mean the
 * signal as well, so it is read as the signal, for those signals that end a program.
 */
function fromShellStatus(status: number): Omit<ExitRecord, 'at'> {
  if (Number.isNaN(status)) return { code: null, signal: null };
  const signal = endingSignals.find((name) => constants.signals[name] === status - 128);
  return signal ? { code: null, signal } : { code: status, signal: null };
}

const endingSignals = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGKILL',
  'SIGUSR1',
  'SIGSEGV',
  'SIGUSR2',
  'SIGPIPE',
  'SIGALRM',
  'SIGTERM',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGSYS',
] as const;
