import type { StateReport } from '@catalyst/shared/features/agent-link';
import {
  isTransitionAllowed,
  isUp,
  reportedPath,
  type ServerState,
} from '@catalyst/shared/features/server-states';
import { outcomeByState } from '../operations/deadlines.ts';
import type { OperationRow } from '../operations/operation.entity.ts';
import type { ServerRow } from './server.entity.ts';
import type { CrashDetails } from './transitions.ts';

/**
 * `crossed`: the agent told it before it got the order that is under way, which will decide. `impossible`: nothing
 * legal leads there.
 */
export type Verdict = 'same' | 'accepted' | 'crossed' | 'impossible';

type OpenOperation = Pick<OperationRow, 'kind' | 'status'> | null;

/** One step that an agent tells as it happens: it must be a legal one. */
export function judgeReport(
  { state, reportedState }: Pick<ServerRow, 'state' | 'reportedState'>,
  reported: ServerState,
  openOperation: OpenOperation,
): Verdict {
  if (state === reported) return 'same';
  if (state === 'suspended') return isDown(reported) ? 'crossed' : 'impossible';
  if (isTransitionAllowed(state, reported, 'agent')) return 'accepted';
  const isLateStep =
    openOperation !== null &&
    reportedState !== null &&
    (reportedState === reported || isTransitionAllowed(reportedState, reported, 'agent'));
  return isLateStep ? 'crossed' : 'impossible';
}

/** What is after a gap, in which several steps may have been missed. */
export function judgeSnapshot(
  state: ServerState,
  reported: ServerState,
  openOperation: OpenOperation,
): Verdict {
  if (state === reported) return 'same';
  // It is told next that there is a suspension, or none any more.
  if (state === 'suspended' || reported === 'suspended') return 'crossed';
  // An order that never arrived is sent again: the state it led to stands.
  const isUnsent = openOperation?.status === 'pending';
  if (isUnsent && outcomeByState(openOperation.kind, reported) === 'failed') return 'crossed';
  return reportedPath(state, reported) ? 'accepted' : 'impossible';
}

/** The columns that change when a report is believed; times and numbers no honest agent sends are put right. */
export function believe(row: ServerRow, report: StateReport, now: Date): Partial<ServerRow> {
  const { state } = report;
  const at = clampTime(report.at, now);
  const isCrash = isNewCrash(row, report);
  const isNew = row.state !== state || isCrash;
  return {
    state,
    ...(isNew && { stateChangedAt: at }),
    reason: report.reason,
    reasonText: textOrNull(report.reasonText),
    startedAt: isUp(state) && report.startedAt !== null ? clampTime(report.startedAt, now) : null,
    exitCode: isNew ? exitCodeAfter(report, isUp(row.state) || isCrash) : row.exitCode,
    crashCount: report.crashCount,
    ...(isNew && state === 'crashed' && { lastCrashAt: at }),
    nextRestartAt: state === 'crashed' ? nextRestart(report.nextRestartAt, now) : null,
  };
}

/** After a gap also one of a server that had crashed before: it was restarted meanwhile. */
export const isNewCrash = ({ crashCount }: Pick<ServerRow, 'crashCount'>, report: StateReport): boolean =>
  report.state === 'crashed' && report.crashCount > crashCount;

/** Only what was running has an exit code. */
function exitCodeAfter({ state, exitCode }: StateReport, wasUp: boolean): number | null {
  return wasUp && (state === 'stopped' || state === 'crashed' || state === 'error') ? exitCode : null;
}

export const crashDetails = ({ signal, outOfMemory, lastLines }: StateReport): CrashDetails => ({
  signal: textOrNull(signal),
  outOfMemory,
  lastLines: lastLines.flatMap((line) => textOrNull(line) ?? []),
});

const isDown = (state: ServerState) => state === 'stopping' || state === 'stopped' || state === 'crashed';

const earliest = Date.UTC(2020, 0);
const skewMs = 5 * 60_000;
const longestBackoffMs = 24 * 3_600_000;

export function clampTime(ms: number, now: Date): Date {
  return ms >= earliest && ms <= now.getTime() + skewMs ? new Date(ms) : now;
}

function nextRestart(ms: number | null, now: Date): Date | null {
  return ms !== null && ms >= earliest && ms <= now.getTime() + longestBackoffMs ? new Date(ms) : null;
}

const textOrNull = (text: string | null) => text?.replace(/[\p{Cc}\s]+/gu, ' ').trim() || null;
