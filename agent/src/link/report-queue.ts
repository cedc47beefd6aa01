import { AppError } from '@catalyst/shared/contract/errors';
import { call } from '@catalyst/shared/contract/rpc';
import type { ServerSnapshot, StateReport } from '@catalyst/shared/features/agent-link';
import { panelCalls } from '@catalyst/shared/link';
import type { Socket } from 'socket.io-client';
import type { Logger } from '../logger.ts';
import type { OperationRecord } from '../servers/server-record.ts';

/** What has to be told on every new connection. */
interface ReportSource {
  snapshot(): ServerSnapshot[];
  unreportedOperations(): { serverId: string; operation: OperationRecord }[];
  operationReported(serverId: string, operationId: string): Promise<void>;
}

type Report =
  | { kind: 'snapshot'; servers: ServerSnapshot[] }
  | { kind: 'state'; eventId: number; report: StateReport }
  | { kind: 'operation'; serverId: string; operation: OperationRecord };

/** A panel that is this far behind gets a new snapshot instead. */
const maxWaiting = 10_000;

/**
 * What the panel must hear, in order, each acknowledged. Lives as long as one connection: the next one begins with a
 * snapshot that stands for all states before, and with the operations whose end was not acknowledged.
 */
export class ReportQueue {
  readonly #socket: Socket;
  readonly #source: ReportSource;
  readonly #log: Logger;
  readonly #fail: () => void;
  #waiting: Report[] = [];
  #isSending = false;
  #isClosed = false;

  /** `fail` ends the connection, so that the next one begins anew. */
  constructor(socket: Socket, source: ReportSource, log: Logger, fail: () => void) {
    this.#socket = socket;
    this.#source = source;
    this.#log = log;
    this.#fail = fail;
  }

  start(): void {
    this.#push({ kind: 'snapshot', servers: this.#source.snapshot() });
    for (const ended of this.#source.unreportedOperations()) this.#push({ kind: 'operation', ...ended });
  }

  state(eventId: number, report: StateReport): void {
    this.#push({ kind: 'state', eventId, report });
  }

  operation(serverId: string, operation: OperationRecord): void {
    this.#push({ kind: 'operation', serverId, operation });
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting = [];
  }

  #push(report: Report): void {
    if (this.#isClosed) return;
    this.#waiting.push(report);
    if (this.#waiting.length > maxWaiting) {
      this.close();
      this.#fail();
    } else if (!this.#isSending) void this.#send();
  }

  async #send(): Promise<void> {
    this.#isSending = true;
    for (let report = this.#waiting.shift(); report; report = this.#waiting.shift()) {
      try {
        await this.#tell(report);
      } catch (error) {
        if (this.#isClosed) return;
        if (!(error instanceof AppError) || error.code === 'timeout' || error.code === 'unavailable') {
          this.#log.warn(
            { err: error, report: report.kind },
            'The panel did not take a report; connecting anew',
          );
          this.close();
          this.#fail();
          return;
        }
        // It heard, and does not want it: a second time would not help.
        this.#log.warn(
          { code: error.code, reason: error.message, report: report.kind },
          'The panel refused a report',
        );
      }
      if (report.kind === 'operation') {
        await this.#source.operationReported(report.serverId, report.operation.id).catch((err) => {
          this.#log.warn({ err }, 'An acknowledged operation could not be noted');
        });
      }
    }
    this.#isSending = false;
  }

  #tell(report: Report): Promise<unknown> {
    switch (report.kind) {
      case 'snapshot':
        return call(this.#socket, panelCalls, 'node_snapshot', { servers: report.servers });
      case 'state':
        return call(this.#socket, panelCalls, 'server_state_update', {
          eventId: report.eventId,
          report: report.report,
        });
      case 'operation': {
        const { id, error = null } = report.operation;
        return call(this.#socket, panelCalls, 'operation:finished', {
          operationId: id,
          serverId: report.serverId,
          error,
        });
      }
    }
  }
}
