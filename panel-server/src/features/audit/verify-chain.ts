import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { readArchives } from './archive-files.ts';
import { chainHash, chainStart } from './audit-chain.ts';
import { type AuditEntryRow, auditEntryOf } from './audit-entry.entity.ts';
import type { AuditHead } from './audit-head.ts';

export interface ChainFinding {
  /** Found right, one after the other from the first. */
  entries: number;
  archivedEntries: number;
  /** The first number that is missing, was changed, or was not written by this panel. */
  brokenAt: number | null;
  problem: string | null;
}

/** What the panel writes down when it finds rows that it did not write. */
export const foreignEntries = 'audit.foreign-entries';
const rowsPerStep = 500;

export interface Link {
  seq: number;
  hash: string;
}

/** Walks the archives and then the table, in steps between which others get their turn. */
export async function verifyChain(database: DataSource, head: AuditHead): Promise<ChainFinding> {
  // What is written from now on may or may not be seen below.
  const until = head.latest;
  let link: Link = chainStart;
  let archivedEntries = 0;
  const brokenAt = (seq: number, problem: string): ChainFinding => ({
    entries: link.seq,
    archivedEntries,
    brokenAt: seq,
    problem,
  });

  for await (const part of readArchives(head)) {
    if ('problem' in part) return brokenAt(link.seq + 1, part.problem);
    for (const row of part.rows) {
      const fault = faultOf(row, link);
      if (fault) return brokenAt(fault.seq, `${fault.problem} in the archive ${part.name}`);
      link = row;
    }
    archivedEntries = link.seq;
    await nextTurn();
  }

  let newest: AuditEntryRow | undefined;
  for (;;) {
    const rows = await rowsAfter(database.manager, link.seq);
    for (const row of rows) {
      const fault = faultOf(row, link);
      if (fault) return brokenAt(fault.seq, `${fault.problem}.`);
      if (row.seq === until.seq && row.hash !== until.hash) return rewritten(row.seq);
      link = row;
    }
    newest = rows.at(-1) ?? newest;
    if (rows.length < rowsPerStep) break;
    await nextTurn();
  }
  // Rows cut off at the end leave a sound chain, but the head remembers how far it went.
  if (link.seq < until.seq) return brokenAt(link.seq + 1, `${entriesUpTo(link.seq + 1, until.seq)} missing.`);
  if (newest && newest.seq !== until.seq && !head.isConfirmed(newest)) return rewritten(newest.seq);
  return { entries: link.seq, archivedEntries, brokenAt: null, problem: null };

  async function rewritten(upTo: number): Promise<ChainFinding> {
    const first = (await lastConfirmed(database.manager, head, upTo, until)) + 1;
    link = { seq: Math.min(link.seq, first - 1), hash: '' };
    return brokenAt(first, `${entriesUpTo(first, upTo)} not as this panel has written them.`);
  }
}

/** The last row that the panel surely wrote, of those up to `seq`; 0 when it is none. */
export async function lastConfirmed(
  manager: EntityManager,
  head: AuditHead,
  seq: number,
  until: Link = head.latest,
): Promise<number> {
  const [known] = await rowsAfter(manager, until.seq - 1, 1);
  const sure = known?.seq === until.seq && known.hash === until.hash ? known.seq : 0;
  for (let below = seq; below > sure; ) {
    const signed: Pick<AuditEntryRow, 'seq' | 'hash' | 'signature'>[] = await manager.query(
      `SELECT seq, hash, signature FROM audit_entries
        WHERE seq <= ${below} AND signature IS NOT NULL ORDER BY seq DESC LIMIT ${rowsPerStep}`,
    );
    const found = signed.find((row) => head.isSigned({ ...row, seq: Number(row.seq) }));
    if (found) return Math.max(Number(found.seq), sure);
    if (signed.length < rowsPerStep) break;
    below = Number(signed.at(-1)?.seq) - 1;
    await nextTurn();
  }
  return sure;
}

export function faultOf(row: AuditEntryRow, link: Link): { seq: number; problem: string } | undefined {
  if (row.seq > link.seq + 1) {
    return { seq: link.seq + 1, problem: `${entriesUpTo(link.seq + 1, row.seq - 1)} missing` };
  }
  if (row.seq !== link.seq + 1 || row.previousHash !== link.hash || chainHash(row) !== row.hash) {
    return { seq: link.seq + 1, problem: `Entry ${link.seq + 1} was changed` };
  }
  if (row.action === foreignEntries && row.actorKind === 'system') {
    const { firstForeign, lastForeign } = row.details as { firstForeign: number; lastForeign: number };
    return {
      seq: firstForeign,
      problem: `${entriesUpTo(firstForeign, lastForeign)} not written by this panel`,
    };
  }
  return undefined;
}

export async function rowsAfter(
  manager: EntityManager,
  seq: number,
  limit = rowsPerStep,
): Promise<AuditEntryRow[]> {
  const rows = await manager.query(
    `SELECT * FROM audit_entries WHERE seq > ${Number(seq)} ORDER BY seq LIMIT ${Number(limit)}`,
  );
  return rows.map(auditEntryOf);
}

const entriesUpTo = (first: number, last: number) =>
  first === last ? `Entry ${first} is` : `Entries ${first} to ${last} are`;
