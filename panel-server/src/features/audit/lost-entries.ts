import type { DataSource } from 'typeorm';
import { type ExpectedData, refuseLostData } from '../../database/expected-data.ts';
import type { AuditService } from './audit.service.ts';
import { chainStart } from './audit-chain.ts';
import { AuditEntryEntity } from './audit-entry.entity.ts';
import type { AuditHead } from './audit-head.ts';

/** Compares the database with the signed head. A loss that the owner accepts is written down, once. */
export async function settleLostEntries(
  database: DataSource,
  audit: AuditService,
  head: AuditHead,
  expected: ExpectedData,
): Promise<void> {
  const [tail] = await database.getRepository(AuditEntryEntity).find({ order: { seq: 'DESC' }, take: 1 });
  const lastWritten = head.seq;
  const lastFound = tail?.seq ?? 0;
  // With a key that is new too, nothing confirms what is there.
  const isAccepted = expected.acceptLoss && tail !== undefined && !head.isConfirmed(tail);
  if (lastFound >= lastWritten && !isAccepted) return;
  const restore = 'Or put the database back from your newest backup, and move audit-head.json away.';
  refuseLostData('The database', lastFound, expected, restore);
  head.moveTo(tail ?? chainStart);
  await audit.record({
    action: 'audit.loss-accepted',
    outcome: 'success',
    actor: { kind: 'system' },
    details: { lastWritten, lastFound },
  });
  await head.flush();
}
