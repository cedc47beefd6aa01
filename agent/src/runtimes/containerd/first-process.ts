import { lstatSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { type ProcessIdentity, signalProcess } from '@catalyst/shared/node/process-identity';

/** Signals that end a program which has not decided otherwise. */
const endingSignals: readonly NodeJS.Signals[] = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGTERM',
  'SIGUSR1',
  'SIGUSR2',
];

/**
 * Signals the first process of a container. The kernel keeps all signals from it that it has no handler for, even those
 * that end any other program; such a signal is made good by SIGKILL, and true is returned.
 */
export function signalFirstProcess(main: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (endingSignals.includes(signal) && !isHandled(main.pid, signal)) return signalProcess(main, 'SIGKILL');
  signalProcess(main, signal);
  return false;
}

/** Caught, ignored or kept waiting by the program's own will. */
function isHandled(pid: number, signal: NodeJS.Signals): boolean {
  const bit = 1n << BigInt(constants.signals[signal] - 1);
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return [...status.matchAll(/^Sig(?:Blk|Ign|Cgt):\s*([0-9a-f]+)$/gm)].some(
      ([, mask]) => (BigInt(`0x${mask}`) & bit) !== 0n,
    );
  } catch {
    return true;
  }
}

/** Whether it has not closed its standard input. */
export function hasInput({ pid }: ProcessIdentity): boolean {
  // The link itself: what it leads to is a pipe and has no name.
  return lstatSync(`/proc/${pid}/fd/0`, { throwIfNoEntry: false }) !== undefined;
}

/** Whether runc still waits for the word to begin in the place of the game. */
export function hasNotBegun({ pid }: ProcessIdentity): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('runc:[');
  } catch {
    return false;
  }
}
