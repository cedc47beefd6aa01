import { AppError } from '@catalyst/shared/contract/errors';
import type { DataSource, EntityManager } from 'typeorm';
import type { Caller } from '../../access.ts';
import { isDataRefused, isDiskFull } from '../../database/database-errors.ts';
import { insertRows } from '../../database/insert-rows.ts';
import { inTransaction, isInTransaction } from '../../database/sqlite-gate.ts';
import type { Logger } from '../../logger.ts';
import { manifestNames } from './archive-files.ts';
import { chainStart } from './audit-chain.ts';
import { AuditEntryEntity, type AuditEntryRow } from './audit-entry.entity.ts';
import type { AuditHead } from './audit-head.ts';
import {
  type AuditActor,
  type AuditContent,
  type AuditRecord,
  auditContent,
  auditRow,
  standIn,
} from './audit-row.ts';
import { type ChainFinding, foreignEntries, lastConfirmed, verifyChain } from './verify-chain.ts';

export type { AuditActor, AuditRecord };

interface Waiting {
  content: AuditContent;
  isReplaced?: boolean;
  resolve(): void;
  reject(error: unknown): void;
}

const rowsPerInsert = 500;
/** More than wait for the database in any burst; beyond it, audited actions are refused. */
const maxWaiting = 5000;
const auditLock = 4_374_428;

/** The append-only record of who did what. Entries are written in batches, one writer at a time, chained by hashes. */
export class AuditService {
  readonly head: AuditHead;
  readonly #database: DataSource;
  readonly #log: Logger;
  readonly #queue: Waiting[] = [];
  #rowsPerInsert = rowsPerInsert;
  #writing: Promise<void> | undefined;
  #failure: unknown = null;

  constructor(database: DataSource, head: AuditHead, log: Logger) {
    this.#database = database;
    this.#log = log;
    this.head = head;
  }

  /**
   * Resolves once the entry is on disk. Rejects when it is not, so that the action fails with it; the entry is kept and
   * written later all the same, as the action may have had its effect. Never call it inside a transaction.
   */
  record(record: AuditRecord): Promise<void> {
    if (isInTransaction()) throw new Error('Audit entries are written after the transaction, not inside it');
    if (this.#queue.length >= maxWaiting) return Promise.reject(unwritable());
    const content = auditContent(record);
    return new Promise((resolve, reject) => {
      this.#queue.push({ content, resolve, reject });
      this.#writing ??= this.#writeAll();
    });
  }

  /** Throws while entries cannot be written: what must be recorded is not begun then. */
  async ensureWritable(): Promise<void> {
    if (this.#failure === null && this.#queue.length < maxWaiting) return;
    this.#writing ??= this.#writeAll();
    await this.#writing;
    if (this.#failure === null) return;
    if (isDiskFull(this.#failure)) throw this.#failure;
    throw unwritable();
  }

  /** Walks the whole chain. */
  async verify(): Promise<ChainFinding> {
    for (;;) {
      const archivesBefore = (await manifestNames(this.head)).length;
      const finding = await verifyChain(this.#database, this.head);
      // Rows that went to the archive while they were looked for are not lost.
      const hasMoved = (await manifestNames(this.head)).length > archivesBefore;
      if (finding.brokenAt === null || !hasMoved) return finding;
    }
  }

  async close(): Promise<void> {
    if (this.#queue.length > 0) this.#writing ??= this.#writeAll();
    await this.#writing;
    if (this.#queue.length > 0) {
      const actions = [...new Set(this.#queue.map(({ content }) => content.action))];
      this.#log.error(
        { entries: this.#queue.length, actions },
        'The panel ends with audit entries unwritten',
      );
    }
    await this.head.flush();
  }

  async #writeAll(): Promise<void> {
    // Whatever else arrives in this turn of the event loop goes into the same transaction.
    await Promise.resolve();
    try {
      while (this.#queue.length > 0) {
        const batch = await this.#writeNext();
        this.#queue.splice(0, batch.length);
        if (batch.length > 0) this.#failure = null;
        for (const { resolve } of batch) resolve();
      }
    } catch (err) {
      this.#log.error({ err, entries: this.#queue.length }, 'Audit entries could not be written');
      this.#failure = err;
      for (const { reject } of this.#queue) reject(err);
    } finally {
      this.#writing = undefined;
    }
  }

  /** Writes what comes first in the queue and gives it; of a batch with an entry that is refused, one after the other. */
  async #writeNext(): Promise<Waiting[]> {
    const batch = this.#queue.slice(0, this.#rowsPerInsert);
    try {
      await this.#write(batch);
      if (batch[0]?.isReplaced) this.#rowsPerInsert = rowsPerInsert;
      return batch;
    } catch (err) {
      // An entry that the database will never take must not keep all others from being written.
      const [first] = batch;
      if (!isDataRefused(err) || !first || (batch.length === 1 && first.isReplaced)) throw err;
      if (batch.length === 1) {
        this.#log.error({ err, action: first.content.action }, 'An audit entry was refused and is replaced');
        first.content = standIn(first.content);
        first.isReplaced = true;
      }
      this.#rowsPerInsert = 1;
      return [];
    }
  }

  async #write(batch: Waiting[]): Promise<void> {
    const last = await inTransaction(this.#database, async (manager) => {
      // Another panel on the same database extends the same chain.
      if (this.#database.options.type === 'postgres') {
        await manager.query('SELECT pg_advisory_xact_lock($1)', [auditLock]);
      }
      const [tail] = await manager.find(AuditEntryEntity, { order: { seq: 'DESC' }, take: 1 });
      // Rows that are gone leave a gap: their numbers are not given again.
      const { latest } = this.head;
      let previous = (tail?.seq ?? 0) < latest.seq ? latest : (tail ?? chainStart);
      const contents = batch.map(({ content }) => content);
      if (tail && !this.head.isConfirmed(tail)) contents.unshift(await this.#foreignRows(manager, tail));
      const rows: AuditEntryRow[] = [];
      for (const content of contents) {
        const row = auditRow(content, previous);
        rows.push(row);
        previous = row;
      }
      const newest = rows.at(-1) as AuditEntryRow;
      newest.signature = this.head.sign(newest);
      await insertRows(manager, AuditEntryEntity, rows);
      return previous;
    });
    this.head.moveTo(last);
  }

  /** Somebody else has added to the table. That is written down for good, as the chain goes on from there. */
  async #foreignRows(manager: EntityManager, tail: AuditEntryRow): Promise<AuditContent> {
    const confirmed = await lastConfirmed(manager, this.head, tail.seq);
    const details = { firstForeign: confirmed + 1, lastForeign: tail.seq };
    this.#log.error(details, 'There are audit entries that this panel did not write');
    return auditContent({
      action: foreignEntries,
      outcome: 'failure',
      actor: { kind: 'system' },
      details,
    });
  }
}

export function actorOf(caller: Caller | undefined): AuditActor {
  if (!caller) return { kind: 'anonymous' };
  const { userId: id, name, key } = caller;
  return key ? { kind: 'key', id, name, key: { id: key.id, name: key.name } } : { kind: 'user', id, name };
}

const unwritable = () => new AppError('unavailable', 'The audit log cannot be written at the moment');
