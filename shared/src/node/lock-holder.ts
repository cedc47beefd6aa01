import { readFileSync, statSync } from 'node:fs';
import { uptime } from 'node:os';
import { isAlive, type ProcessIdentity, unknownStart } from './process-identity.ts';

/** How far the clock may have been put right since the machine came up. */
const clockSkewMs = 60_000;

/** The living process whose identity this lock file holds, as JSON; null for a stale, damaged or missing one. */
export function lockHolder(path: string): ProcessIdentity | null {
  try {
    const { pid, startTime } = JSON.parse(readFileSync(path, 'utf8')) as Partial<ProcessIdentity>;
    if (typeof pid !== 'number' || !Number.isInteger(pid) || typeof startTime !== 'string') return null;
    // At least no pid from before a restart of the machine is believed then.
    if (startTime === unknownStart && isFromEarlierBoot(path)) return null;
    return isAlive({ pid, startTime }) ? { pid, startTime } : null;
  } catch {
    return null;
  }
}

const isFromEarlierBoot = (path: string) =>
  statSync(path).mtimeMs < Date.now() - uptime() * 1000 - clockSkewMs;
