import type { RestartPolicy } from '@catalyst/shared/features/server-spec';

/** How a game ended that nobody had asked to end. */
interface UnaskedEnd {
  /** It ended by itself with code 0. */
  isClean: boolean;
}

interface CrashHistory {
  /** When this server was restarted by the policy since a person last started it, in milliseconds of any clock. */
  restartsAt: readonly number[];
  now: number;
}

type Verdict =
  | { kind: 'stopped' }
  | { kind: 'crashed'; restartInMs: number }
  /** `hasGivenUp`: there were restarts, and they were too many. */
  | { kind: 'crashed'; restartInMs: null; hasGivenUp: boolean };

const maxBackOffMs = 60_000;

/** Was that a crash, and do we try again? */
export function judgeEnd(end: UnaskedEnd, policy: RestartPolicy, { restartsAt, now }: CrashHistory): Verdict {
  if (end.isClean && policy.mode !== 'always') return { kind: 'stopped' };
  if (policy.mode === 'never') return { kind: 'crashed', restartInMs: null, hasGivenUp: false };
  const recent = restartsInWindow(restartsAt, policy, now).length;
  if (recent >= policy.maxRestarts) return { kind: 'crashed', restartInMs: null, hasGivenUp: recent > 0 };
  return { kind: 'crashed', restartInMs: Math.min(maxBackOffMs, policy.backoffSeconds * 1000 * 2 ** recent) };
}

/** Those that still count; the others can be forgotten. */
export function restartsInWindow(
  restartsAt: readonly number[],
  { windowSeconds }: RestartPolicy,
  now: number,
): number[] {
  return restartsAt.filter((at) => at <= now && now - at < windowSeconds * 1000);
}
