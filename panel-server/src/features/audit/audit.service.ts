import { AppError } from '@catalyst/shared/contract/errors';
import { type DataSource, MoreThan } from 'typeorm';
import type { Caller } from '../../access.ts';
import { isDiskFull } from '../../database/database-errors.ts';
import { inTransaction, isInTransaction } from '../../database/sqlite-gate.ts';
import type { PanelIdentity } from '../../identity/panel-identity.ts';
import type { Logger } from '../../logger.ts';
import { chainHash, chainStart } from './audit-chain.ts';
import { AuditEntryEntity, type AuditEntryRow } from './audit-entry.entity.ts';
import { AuditHead } from './audit-head.ts';
import { redact } from './redact.ts';

export interface AuditActor {
  kind: AuditEntryRow['actorKind'];
  id?: string;
  name?: string;
}

export interface AuditRecord {
  /** As the route or call declares it: `server.start`. */
  action: string;
  outcome: AuditEntryRow['outcome'];
  actor: AuditActor;
  target?: { kind: string; id?: string; name?: string };
  ip?: string;
  requestId?: string;
  errorCode?: string;
  /** Secrets are taken out by the names of their fields. */
  details?: Record<string, unknown>;
}

interface Waiting {
  record: AuditRecord;
  at: Date;
  resolve(): void;
  reject(error: unknown): void;
}

const rowsPerInsert = 500;
const auditLock = 4_374_428;

/** The append-only record of who did what. Entries are written in batches, one writer at a time, chained by hashes. */
export class AuditService {
  readonly #database: DataSource;
  readonly #log: Logger;
  readonly #head: AuditHead;
  readonly #queue: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #failure: unknown = null;

  constructor(database: DataSource, identity: PanelIdentity, folder: string, log: Logger) {
    this.#database = database;
    this.#log = log;
    this.#head = new AuditHead(identity, folder, log);
  }

  /**
   * Resolves once the entry is on disk. Rejects when it is not, so that the action fails with it; the entry is kept and
   * written later all the same, as the action may have had its effect. Never call it inside a transaction.
   */
  record(record: AuditRecord): Promise<void> {
    if (isInTransaction()) throw new Error('Audit entries are written after the transaction, not inside it');
    return new Promise((resolve, reject) => {
      this.#queue.push({ record, at: new Date(), resolve, reject });
      this.#writing ??= this.#writeAll();
    });
  }

  /** Throws while entries cannot be written: what must be recorded is not begun then. */
  async ensureWritable(): Promise<void> {
    if (this.#failure === null) return;
    this.#writing ??= this.#writeAll();
    await this.#writing;
    if (this.#failure === null) return;
    if (isDiskFull(this.#failure)) throw this.#failure;
    throw new AppError('unavailable', 'The audit log cannot be written at the moment');
  }

  /** Walks the whole chain. `brokenAt` is the first number that is missing or was changed. */
  async verify(): Promise<{ entries: number; brokenAt: number | null }> {
    const repository = this.#database.getRepository(AuditEntryEntity);
    let previous = chainStart;
    for (;;) {
      const rows = await repository.find({
        where: { seq: MoreThan(previous.seq) },
        order: { seq: 'ASC' },
        take: 1000,
      });
      for (const row of rows) {
        const isNext = row.seq === previous.seq + 1 && row.previousHash === previous.hash;
        if (!isNext || chainHash(row) !== row.hash)
          return { entries: previous.seq, brokenAt: previous.seq + 1 };
        if (!this.#head.agreesWith(row)) return { entries: previous.seq, brokenAt: row.seq };
        previous = row;
      }
      if (rows.length < 1000) break;
    }
    // Rows cut off at the end leave a sound chain, but the head remembers how far it went.
    const isCut = this.#head.seq > previous.seq;
    return { entries: previous.seq, brokenAt: isCut ? previous.seq + 1 : null };
  }

  async close(): Promise<void> {
    await this.#writing;
    this.#head.close();
  }

  async #writeAll(): Promise<void> {
    // Whatever else arrives in this turn of the event loop goes into the same transaction.
    await Promise.resolve();
    try {
      while (this.#queue.length > 0) {
        const batch = this.#queue.slice(0, rowsPerInsert);
        await this.#write(batch);
        this.#queue.splice(0, batch.length);
        this.#failure = null;
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

  async #write(batch: Waiting[]): Promise<void> {
    const last = await inTransaction(this.#database, async (manager) => {
      // Another panel on the same database extends the same chain.
      if (this.#database.options.type === 'postgres') {
        await manager.query('SELECT pg_advisory_xact_lock($1)', [auditLock]);
      }
      const [tail] = await manager.find(AuditEntryEntity, { order: { seq: 'DESC' }, take: 1 });
      let previous: { seq: number; hash: string } = tail ?? chainStart;
      const rows = batch.map((waiting) => {
        const row = toRow(waiting, previous);
        previous = row;
        return row;
      });
      await manager.insert(AuditEntryEntity, rows as never);
      return previous;
    });
    this.#head.moveTo(last);
  }
}

export function actorOf(caller: Caller | undefined): AuditActor {
  return caller ? { kind: 'user', id: caller.userId, name: caller.name } : { kind: 'anonymous' };
}

function toRow({ record, at }: Waiting, previous: { seq: number; hash: string }): AuditEntryRow {
  const row = {
    seq: previous.seq + 1,
    at,
    action: record.action,
    outcome: record.outcome,
    actorKind: record.actor.kind,
    actorId: record.actor.id ?? null,
    actorName: record.actor.name ?? null,
    targetKind: record.target?.kind ?? null,
    targetId: record.target?.id ?? null,
    targetName: record.target?.name ?? null,
    ip: record.ip ?? null,
    requestId: record.requestId ?? null,
    errorCode: record.errorCode ?? null,
    details: redact(record.details ?? {}),
    previousHash: previous.hash,
  };
  return { ...row, hash: chainHash(row) };
}
