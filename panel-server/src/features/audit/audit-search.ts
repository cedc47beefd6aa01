import type { AuditFilter } from '@catalyst/shared/features/audit';
import type { DataSource } from 'typeorm';
import { branchesOf } from './audit-conditions.ts';
import { type AuditEntryRow, auditEntryOf, type RawAuditEntry } from './audit-entry.entity.ts';
import { type Condition, selectNamed } from './select-named.ts';

/** Where in the order of the list (newest first) something is. */
export interface AuditPlace {
  at: number;
  seq: number;
}

export interface AuditPage {
  rows: AuditEntryRow[];
  /** Where to go on; null at the end. */
  next: AuditPlace | null;
}

/** How many rows one page looks at, at most: what it takes, and how long others wait, has this bound. */
const maxExamined = 4000;
const minExamined = 200;

/**
 * Reads pages of the log. Each is read off the index of the filter that leaves the fewest rows; the other filters are
 * applied to what that finds. A filter of several values is read off several places of its index, which are merged.
 */
export class AuditSearch {
  readonly #database: DataSource;

  constructor(database: DataSource) {
    this.#database = database;
  }

  async page(filter: AuditFilter, limit: number, before: AuditPlace | null): Promise<AuditPage> {
    const branches = await branchesOf(this.#database, filter);
    const range = rangeOf(filter, before);
    const budget = Math.max(minExamined, Math.floor(maxExamined / Math.max(1, branches.length)));
    const found = new Map<number, AuditEntryRow>();
    let cut: AuditPlace | null = null;
    for (const { by, rest } of branches) {
      const rows = await this.#read([by, range], rest, limit + 1, budget);
      for (const row of rows) found.set(row.seq, row);
      if (rows.length > limit || rest.length === 0) continue;
      const end = await this.#place([by, range], budget);
      if (end && (!cut || isNewer(end, cut))) cut = end;
    }
    const sorted = [...found.values()].sort((a, b) => (isNewer(placeOf(a), placeOf(b)) ? -1 : 1));
    // Of what is older than where a branch was cut off, only some is known.
    const sure = cut ? sorted.filter((row) => !isNewer(cut, placeOf(row))) : sorted;
    const rows = sure.slice(0, limit);
    const last = rows.at(-1);
    return { rows, next: sure.length > limit && last ? placeOf(last) : cut };
  }

  async #read(by: Condition[], rest: Condition[], limit: number, budget: number): Promise<AuditEntryRow[]> {
    const order = 'ORDER BY at DESC, seq DESC';
    const examined = `SELECT * FROM audit_entries WHERE ${sqlOf(by)} ${order}`;
    const sql =
      rest.length === 0
        ? `${examined} LIMIT ${limit}`
        : `SELECT * FROM (${examined} LIMIT ${budget}) AS examined WHERE ${sqlOf(rest)} ${order} LIMIT ${limit}`;
    const rows: RawAuditEntry[] = await this.#query(sql, [...by, ...rest]);
    return rows.map(auditEntryOf);
  }

  /** The last row that a budget lets a branch look at; none when the branch ends before. */
  async #place(by: Condition[], budget: number): Promise<AuditPlace | undefined> {
    const sql = `SELECT at, seq FROM audit_entries WHERE ${sqlOf(by)}
      ORDER BY at DESC, seq DESC LIMIT 1 OFFSET ${budget - 1}`;
    const [row] = await this.#query<{ at: number | string; seq: number | string }>(sql, by);
    return row && { at: Number(row.at), seq: Number(row.seq) };
  }

  async #query<Row>(sql: string, conditions: Condition[]): Promise<Row[]> {
    return selectNamed<Row>(
      this.#database,
      sql,
      Object.assign({}, ...conditions.map(({ values }) => values)),
    );
  }
}

function rangeOf({ from, to }: AuditFilter, before: AuditPlace | null): Condition {
  const parts: string[] = [];
  if (from) parts.push('at >= :from');
  if (to) parts.push('at < :to');
  if (before) parts.push('(at, seq) < (:beforeAt, :beforeSeq)');
  return {
    sql: parts.length > 0 ? parts.join(' AND ') : '1 = 1',
    values: {
      ...(from && { from: from.getTime() }),
      ...(to && { to: to.getTime() }),
      ...(before && { beforeAt: before.at, beforeSeq: before.seq }),
    },
  };
}

const sqlOf = (conditions: Condition[]) => conditions.map(({ sql }) => `(${sql})`).join(' AND ');
const placeOf = (row: AuditEntryRow): AuditPlace => ({ at: row.at.getTime(), seq: row.seq });
const isNewer = (a: AuditPlace, b: AuditPlace) => a.at > b.at || (a.at === b.at && a.seq > b.seq);
