import { SigningKey } from '@catalyst/shared/node/signing-key';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allowTampering } from '../../testing/allow-tampering.ts';
import { type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { chainHash } from './audit-chain.ts';
import { AuditEntryEntity, type AuditEntryRow } from './audit-entry.entity.ts';

const record = (test: TestPanel, details = {}) =>
  test.panel.core.audit.record({
    action: 'test.entry',
    outcome: 'success',
    actor: { kind: 'system', name: 'a name' },
    target: { kind: 'server', id: 's-1' },
    details,
  });
const rowsOf = (test: TestPanel) => test.panel.core.database.getRepository(AuditEntryEntity);
const verify = async (test: TestPanel) => {
  const { isIntact, brokenAt, entries, problem } = await test.admin.api.audit.verify();
  return { isIntact, brokenAt, entries, problem };
};
const change = (seq: number, changes: Partial<AuditEntryRow>) => (test: TestPanel) =>
  rowsOf(test).update({ seq }, changes as never);

/** As somebody would who knows how the log is made, but does not have the panel's key. */
async function rehash(test: TestPanel, from: number, changes: Partial<AuditEntryRow> = {}): Promise<void> {
  const rows = await rowsOf(test).find({ order: { seq: 'ASC' } });
  let previousHash = rows.find(({ seq }) => seq === from - 1)?.hash ?? '0'.repeat(64);
  for (const row of rows.filter(({ seq }) => seq >= from)) {
    const next = { ...row, ...(row.seq === from && changes), previousHash };
    const hash = chainHash(next);
    const key = new SigningKey();
    const signature = key.sign(`catalyst-audit-head\n${row.seq}\n${hash}`);
    await rowsOf(test).update({ seq: row.seq }, { ...next, hash, signature } as never);
    previousHash = hash;
  }
}

async function exchange(test: TestPanel): Promise<void> {
  const [six, seven] = await rowsOf(test).find({ where: [{ seq: 6 }, { seq: 7 }], order: { seq: 'ASC' } });
  await rowsOf(test).update({ seq: 6 }, { details: seven?.details as never });
  await rowsOf(test).update({ seq: 7 }, { details: six?.details as never });
}

/** All numbers from 6 on go up by one, so that there is room for a row that was never written. */
async function insertInside(test: TestPanel): Promise<void> {
  const rows = await rowsOf(test).find({ order: { seq: 'DESC' } });
  for (const { seq } of rows.filter(({ seq }) => seq >= 6))
    await rowsOf(test).update({ seq }, { seq: seq + 1 });
  const five = rows.find(({ seq }) => seq === 5) as AuditEntryRow;
  const forged = { ...five, seq: 6, previousHash: five.hash, actorName: 'somebody else', signature: null };
  await rowsOf(test).insert({ ...forged, hash: chainHash(forged) } as never);
  await rehash(test, 7);
}

async function append(test: TestPanel): Promise<void> {
  const [tail] = await rowsOf(test).find({ order: { seq: 'DESC' }, take: 1 });
  if (!tail) throw new Error('There is no row');
  const forged = {
    ...tail,
    seq: tail.seq + 1,
    previousHash: tail.hash,
    actorName: 'somebody else',
    signature: null,
  };
  await rowsOf(test).insert({ ...forged, hash: chainHash(forged) } as never);
}

const tamperings: [string, number, (test: TestPanel) => Promise<unknown>][] = [
  ['a changed name', 4, change(4, { actorName: 'somebody else' })],
  ['changed details', 5, change(5, { details: { index: 99 } })],
  ['a changed time', 5, change(5, { at: new Date(0) })],
  ['a changed outcome', 3, change(3, { outcome: 'failure' })],
  ['an entry taken from the server it happened on', 4, change(4, { serverId: null })],
  ['an entry moved to another server', 4, change(4, { serverId: 's-2' })],
  ['an entry put on a key', 4, change(4, { keyId: 'k-1', keyName: 'a key' })],
  ['a row taken out', 6, (test) => rowsOf(test).delete({ seq: 6 })],
  ['several rows taken out', 3, (test) => rowsOf(test).delete([{ seq: 3 }, { seq: 4 }, { seq: 5 }])],
  ['the first row taken out', 1, (test) => rowsOf(test).delete({ seq: 1 })],
  ['rows cut off at the end', 9, (test) => rowsOf(test).delete([{ seq: 9 }, { seq: 10 }])],
  ['everything taken out', 1, (test) => rowsOf(test).createQueryBuilder().delete().execute()],
  ['two rows exchanged', 6, exchange],
  ['a changed row with a hash that fits', 9, (test) => rehash(test, 9, { actorName: 'somebody else' })],
  ['everything hashed anew from a changed row on', 2, (test) => rehash(test, 2, { actorName: 'x' })],
  ['a row put in between', 6, insertInside],
  ['a row added at the end', 11, append],
];

describe.each(testDatabases)('the chain on %s', (database) => {
  let test: TestPanel;
  beforeEach(async () => {
    test = await testPanel({ database });
    for (let index = 1; index <= 10; index++) await record(test, { index });
  });
  afterEach(() => test.close());

  it('is intact as long as nobody touches it, with a head that anybody can check', async () => {
    const report = await test.admin.api.audit.verify();
    expect(report).toMatchObject({ isIntact: true, entries: 10, brokenAt: null, archivedEntries: 0 });
    expect(report.head.seq).toBe(10);
    expect(report.head.publicKey).toBe(test.panel.core.identity.publicKey);
    expect(await verify(test)).toMatchObject({ isIntact: true, entries: 11 });
    const [newest] = (await test.admin.api.audit.list()).items;
    expect(newest).toMatchObject({ action: 'audit.verify', details: { entries: 10 + 1 } });
  });

  it('is checked while entries are written', async () => {
    const writing = Promise.all(Array.from({ length: 1500 }, (_, index) => record(test, { index })));
    for (let round = 0; round < 5; round++) expect((await verify(test)).problem).toBeNull();
    await writing;
    expect(await verify(test)).toMatchObject({ isIntact: true, entries: 1515 });
  });

  it.each(tamperings)('tells %s, at once, and for good', async (_what, brokenAt, tamper) => {
    await allowTampering(test.panel.core.database);
    await tamper(test);
    const found = await verify(test);
    expect(found).toMatchObject({ isIntact: false, brokenAt, entries: brokenAt - 1 });
    expect(found.problem).toMatch(/^Entr/);
    expect(test.logText()).toContain('The chain of the audit log is broken');
    // The check itself was written down: the log went on from what it found.
    expect(await verify(test)).toMatchObject({ isIntact: false, brokenAt });
    await test.restart();
    expect(await verify(test)).toMatchObject({ isIntact: false, brokenAt });
  });

  it('does not begin again where rows were cut off while the panel was away', async () => {
    await allowTampering(test.panel.core.database);
    await rowsOf(test).delete([{ seq: 9 }, { seq: 10 }]);
    await expect(test.restart()).rejects.toThrow('ends at entry 8, but entry 10 was written');
    test.config.acceptDataLoss = true;
    await test.restart();
    const [entry] = await rowsOf(test).find({ order: { seq: 'DESC' }, take: 1 });
    expect(entry).toMatchObject({
      action: 'audit.loss-accepted',
      details: { lastWritten: 10, lastFound: 8 },
    });
    test.config.acceptDataLoss = false;
    await test.restart();
  });
});
