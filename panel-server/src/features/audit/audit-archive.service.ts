import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AuditArchive } from '@catalyst/shared/features/audit';
import type { DataSource } from 'typeorm';
import { inTransaction } from '../../database/sqlite-gate.ts';
import type { Logger } from '../../logger.ts';
import type { SettingsService } from '../settings/settings.service.ts';
import { listArchives, newestArchive, writeArchive } from './archive-files.ts';
import { chainStart } from './audit-chain.ts';
import type { AuditEntryRow } from './audit-entry.entity.ts';
import type { AuditHead } from './audit-head.ts';
import { faultOf, rowsAfter } from './verify-chain.ts';

interface ArchiveParts {
  database: DataSource;
  settings: SettingsService;
  head: AuditHead;
  log: Logger;
}

const settingName = 'audit.archiveAfterDays';
const dayMs = 86_400_000;
const entriesPerFile = 50_000;
const rowsPerDelete = 1000;

/** Moves old entries from the database into signed files that go on with the same chain. Nothing is ever thrown away. */
export class AuditArchiveService {
  readonly #parts: ArchiveParts;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isClosed = false;
  #problem: string | null = null;

  constructor(parts: ArchiveParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => void this.run(), dayMs).unref();
    void this.run();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  async describe(): Promise<AuditArchive> {
    const { head } = this.#parts;
    const files = await listArchives(head).catch((error: Error) => {
      this.#problem = `The archives cannot be read: ${error.message}`;
      return [];
    });
    return {
      archiveAfterDays: await this.#archiveAfterDays(),
      folder: head.archiveFolder,
      files: files.map(({ name, firstSeq, lastSeq, firstAt, lastAt, sizeBytes }) => ({
        name: name.replace(/\.json$/, '.ndjson.gz'),
        firstSeq,
        lastSeq,
        firstAt: new Date(firstAt),
        lastAt: new Date(lastAt),
        sizeBytes,
      })),
      problem: this.#problem,
    };
  }

  async set(archiveAfterDays: number | null): Promise<void> {
    await this.#parts.settings.set(settingName, archiveAfterDays);
    // A run that has begun may have read what was set before.
    void (this.#running ?? Promise.resolve()).then(() => this.run());
  }

  /** Archives all that is old enough; a failure is logged, shown, and tried again a day later. */
  run(): Promise<void> {
    this.#running ??= this.#archiveAll()
      .then(
        () => {
          this.#problem = null;
        },
        (err: Error) => {
          this.#problem = `Entries could not be archived: ${err.message}`;
          this.#parts.log.error({ err }, 'Audit entries could not be archived');
        },
      )
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  async #archiveAll(): Promise<void> {
    const days = await this.#archiveAfterDays();
    if (days === null) return;
    const before = Date.now() - days * dayMs;
    while (!this.#isClosed && (await this.#archiveNext(before)));
  }

  async #archiveNext(before: number): Promise<boolean> {
    const { head, log } = this.#parts;
    const archived = await newestArchive(head);
    const lastSeq = archived?.lastSeq ?? chainStart.seq;
    // What an interrupted run has left.
    await this.#deleteUpTo(lastSeq);
    const upTo = await this.#lastOld(lastSeq, before);
    if (upTo <= lastSeq) return false;
    const link = { seq: lastSeq, hash: archived?.lastHash ?? chainStart.hash };
    await writeArchive(head, { firstSeq: lastSeq + 1, lastSeq: upTo }, this.#rows(link, upTo));
    await this.#deleteUpTo(upTo);
    log.info({ firstSeq: lastSeq + 1, lastSeq: upTo }, 'Audit entries were archived');
    return true;
  }

  /** The last of the rows after `seq` that are all old. The newest row stays, as the chain goes on from it. */
  async #lastOld(seq: number, before: number): Promise<number> {
    const { database } = this.#parts;
    const newest = await oneNumber(database, 'SELECT max(seq) AS value FROM audit_entries');
    const end = Math.min(seq + entriesPerFile, newest - 1);
    const young = await oneNumber(
      database,
      `SELECT min(seq) AS value FROM audit_entries WHERE seq > ${seq} AND seq <= ${end} AND at >= ${before}`,
    );
    return young > 0 ? young - 1 : end;
  }

  /** Only rows whose chain is sound are moved: a fault must not look like an archive's. */
  async *#rows(link: { seq: number; hash: string }, upTo: number): AsyncGenerator<AuditEntryRow[]> {
    let previous = link;
    while (previous.seq < upTo) {
      const rows = (await rowsAfter(this.#parts.database.manager, previous.seq)).filter(
        ({ seq }) => seq <= upTo,
      );
      if (rows.length === 0) throw new Error(`Entry ${previous.seq + 1} is missing`);
      for (const row of rows) {
        const fault = faultOf(row, previous);
        if (fault) throw new Error(fault.problem);
        previous = row;
      }
      yield rows;
      await nextTurn();
    }
  }

  async #deleteUpTo(seq: number): Promise<void> {
    const { database } = this.#parts;
    for (;;) {
      const first = await oneNumber(
        database,
        `SELECT min(seq) AS value FROM audit_entries WHERE seq <= ${seq}`,
      );
      if (first === 0) return;
      const last = Math.min(seq, first + rowsPerDelete - 1);
      await inTransaction(database, async (manager) => {
        // Without it Postgres refuses: see the migration that made the log append-only.
        if (database.options.type === 'postgres') {
          await manager.query(`SET LOCAL catalyst.audit_archive = 'on'`);
        }
        await manager.query(`DELETE FROM audit_entries WHERE seq <= ${last}`);
      });
      await nextTurn();
    }
  }

  async #archiveAfterDays(): Promise<number | null> {
    const value = await this.#parts.settings.get(settingName);
    return typeof value === 'number' ? value : null;
  }
}

/** 0 when there is none. */
async function oneNumber(database: DataSource, sql: string): Promise<number> {
  const [row] = await database.query(sql);
  return Number(row?.value ?? 0);
}
