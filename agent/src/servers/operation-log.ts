import { AppError } from '@catalyst/shared/contract/errors';
import type { AgentAction } from '@catalyst/shared/features/agent-link';
import type { RecordFile } from './record-file.ts';
import type { OperationRecord } from './server-record.ts';

/** So many ended and reported ones are remembered for each server. */
const remembered = 50;

/** Which actions were asked for, so that none happens twice and each end is told. */
export class OperationLog {
  readonly #file: RecordFile;
  readonly #onFinished: (operation: OperationRecord) => void;

  constructor(file: RecordFile, onFinished: (operation: OperationRecord) => void) {
    this.#file = file;
    this.#onFinished = onFinished;
  }

  find(id: string): OperationRecord | undefined {
    return this.#all.find((operation) => operation.id === id);
  }

  begin(
    id: string,
    action: AgentAction,
    deadlineMs: number,
    more: Pick<OperationRecord, 'wipeFirst'> = {},
  ): OperationRecord {
    const { record } = this.#file;
    const done = this.#all.filter(({ isReported }) => isReported);
    const forgotten = new Set(done.slice(0, Math.max(0, done.length - remembered)));
    const acceptedAt = Date.now();
    const deadlineAt = acceptedAt + deadlineMs;
    const operation = { id, action, acceptedAt, deadlineAt, isReported: false, ...more };
    record.operations = [...this.#all.filter((one) => !forgotten.has(one)), operation];
    return operation;
  }

  /** The first end counts. */
  finish(operation: OperationRecord, error: unknown): void {
    if (operation.error !== undefined) return;
    operation.error = error === null ? null : toResult(error);
    this.#file.save().catch(() => {});
    this.#onFinished(operation);
  }

  /** What they were for has happened (or not), and nobody is left to tell it for each. */
  finishAll(error: unknown): void {
    for (const operation of this.pending) this.finish(operation, error);
  }

  /** For a panel that asks again, because it has missed the end. */
  tellAgain(operation: OperationRecord): void {
    if (operation.error !== undefined) this.#onFinished(operation);
  }

  /** Those without an end, the oldest first. */
  get pending(): OperationRecord[] {
    return this.#all.filter(({ error }) => error === undefined);
  }

  /** Ended, but the panel may not know. */
  get unreported(): OperationRecord[] {
    return this.#all.filter(({ error, isReported }) => error !== undefined && !isReported);
  }

  reported(id: string): void {
    const operation = this.find(id);
    if (!operation || operation.isReported) return;
    operation.isReported = true;
    this.#file.save().catch(() => {});
  }

  get #all(): OperationRecord[] {
    return this.#file.record.operations;
  }
}

function toResult(error: unknown): { code: string; message: string } {
  if (error instanceof AppError) return { code: error.code, message: error.message.slice(0, 1000) };
  return { code: 'internal', message: 'An unexpected error occurred on the node' };
}
