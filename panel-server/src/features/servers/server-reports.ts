import type { StateReport } from '@catalyst/shared/features/agent-link';
import type { DataSource } from 'typeorm';
import { findOperation, isOpen } from '../operations/operations.ts';
import {
  believe,
  crashDetails,
  isNewCrash,
  judgeReport,
  judgeSnapshot,
  type Verdict,
} from './judge-report.ts';
import type { ServerRow } from './server.entity.ts';
import type { ServerFeed } from './server-feed.ts';
import { findServer, updateUnchanged } from './server-store.ts';
import { byAgent, type CrashDetails } from './transitions.ts';

/** Told when a report cannot be true. */
type OnImpossible = (row: ServerRow, report: StateReport) => void;
/** Told when a game ended that nobody had asked to end. */
type OnCrash = (row: ServerRow, crash: CrashDetails) => void;

const attempts = 5;

/** Takes in what agents say about servers, as far as the state table lets it be true. */
export class ServerReports {
  readonly #database: DataSource;
  readonly #feed: ServerFeed;
  readonly #onImpossible: OnImpossible;
  readonly #onCrash: OnCrash;

  constructor(parts: {
    database: DataSource;
    feed: ServerFeed;
    onImpossible: OnImpossible;
    onCrash: OnCrash;
  }) {
    this.#database = parts.database;
    this.#feed = parts.feed;
    this.#onImpossible = parts.onImpossible;
    this.#onCrash = parts.onCrash;
  }

  /** One event. A repeated one, or one that a snapshot included, changes nothing. */
  step(nodeId: string, report: StateReport, eventId: number): Promise<ServerRow | null> {
    return this.#take(nodeId, report, eventId, false);
  }

  /** What a server is after a gap. */
  snapshot(nodeId: string, report: StateReport, lastEventId: number): Promise<ServerRow | null> {
    return this.#take(nodeId, report, lastEventId, true);
  }

  /** Answers the row as it is now; null for a server that is gone, or that lives on another node. */
  async #take(
    nodeId: string,
    report: StateReport,
    eventId: number,
    isSnapshot: boolean,
  ): Promise<ServerRow | null> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const row = await findServer(this.#database, report.serverId);
      if (row?.nodeId !== nodeId) return null;
      if (!isSnapshot && eventId <= row.lastEventId) return row;
      const operation = await findOperation(this.#database, row.operationId);
      const openOperation = isOpen(operation) ? operation : null;
      const verdict = isSnapshot
        ? judgeSnapshot(row.state, report.state, openOperation)
        : judgeReport(row, report.state, openOperation);
      const changes = changesAfter(verdict, row, report);
      // An agent that came back may not have got the order to install, or have forgotten it.
      const isInDoubt = isSnapshot && (openOperation?.status === 'pending' || openOperation?.wipesFirst);
      const isInstalled = row.state === 'installing' && changes.state === 'stopped' && !isInDoubt;
      const isKnown = row.reportedState === report.state && row.lastEventId === eventId;
      if (verdict === 'same' && isKnown && !isVisible(row, { ...row, ...changes })) return row;
      const crash = changes.state === 'crashed' ? crashDetails(report) : null;
      const next = await updateUnchanged(
        this.#database,
        row,
        {
          ...changes,
          // A clean end that nobody ordered: the game was told to stop from within.
          ...(row.state === 'running' && changes.state === 'stopped' && { desiredState: 'stopped' }),
          // With the state that allows a start, not after it.
          ...(isInstalled && { installedAt: new Date() }),
          reportedState: report.state,
          lastEventId: eventId,
        },
        byAgent,
        crash,
      );
      if (!next) continue;
      if (verdict === 'impossible') this.#onImpossible(row, report);
      if (isVisible(row, next)) this.#feed.stateChanged(row.state, next);
      // A start that failed before anything ran is told to whoever ordered it.
      if (crash && isNewCrash(row, report)) this.#onCrash(next, crash);
      return next;
    }
    throw new Error(
      `The row of server ${report.serverId} changed ${attempts} times while a report was taken in`,
    );
  }
}

function changesAfter(verdict: Verdict, row: ServerRow, report: StateReport): Partial<ServerRow> {
  if (verdict === 'crossed') return {};
  if (verdict === 'impossible') {
    const reasonText = `The node's agent says the server is ${report.state}, which cannot follow ${row.state}`;
    return { reason: 'impossible_report', reasonText };
  }
  return believe(row, report, new Date());
}

const shown = ['state', 'reason', 'reasonText', 'desiredState', 'exitCode', 'crashCount'] as const;
const shownTimes = ['startedAt', 'nextRestartAt'] as const;

function isVisible(before: ServerRow, after: ServerRow): boolean {
  return (
    shown.some((field) => before[field] !== after[field]) ||
    shownTimes.some((field) => before[field]?.getTime() !== after[field]?.getTime())
  );
}
