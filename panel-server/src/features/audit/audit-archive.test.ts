import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { allowTampering } from '../../testing/allow-tampering.ts';
import { ask } from '../../testing/ask.ts';
import { type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { AuditEntryEntity } from './audit-entry.entity.ts';

const dayMs = 86_400_000;
const patience = { timeout: 20_000, interval: 20 };
const rowsOf = (test: TestPanel) => test.panel.core.database.getRepository(AuditEntryEntity);
const folder = (test: TestPanel) => join(test.dataDir, 'panel', 'audit-archive');
const setDays = (test: TestPanel, archiveAfterDays: number | null) =>
  test.admin.api.audit.updateArchive({ body: { archiveAfterDays } });

async function recordDaysAgo(test: TestPanel, daysAgo: number, count: number): Promise<void> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - daysAgo * dayMs });
  try {
    const entry = { action: 'test.entry', outcome: 'success', actor: { kind: 'system' } } as const;
    await Promise.all(
      Array.from({ length: count }, (_, index) =>
        test.panel.core.audit.record({ ...entry, details: { index } }),
      ),
    );
  } finally {
    vi.useRealTimers();
  }
}

const filesOf = async (test: TestPanel, count: number) =>
  vi.waitFor(async () => {
    const archive = await test.admin.api.audit.archive();
    expect(archive.files).toHaveLength(count);
    const [oldest] = await rowsOf(test).find({ order: { seq: 'ASC' }, take: 1 });
    expect(oldest?.seq).toBe((archive.files.at(-1)?.lastSeq ?? 0) + 1);
    return archive.files;
  }, patience);

describe.each(testDatabases)('the archive of the audit log on %s', (database) => {
  let test: TestPanel;
  beforeEach(async () => {
    test = await testPanel({ database });
    await recordDaysAgo(test, 400, 1200);
    await recordDaysAgo(test, 10, 5);
  });
  afterEach(() => test.close());

  it('takes what is old, with the chain intact, across restarts', async () => {
    expect(await test.admin.api.audit.archive()).toMatchObject({ archiveAfterDays: null, files: [] });
    await setDays(test, 365);
    const [file] = await filesOf(test, 1);
    expect(file).toMatchObject({ firstSeq: 1, lastSeq: 1200 });
    expect(readdirSync(folder(test)).sort()).toEqual([
      'audit-000000000001-000000001200.json',
      'audit-000000000001-000000001200.ndjson.gz',
    ]);
    expect(statSync(folder(test)).mode & 0o777).toBe(0o700);
    expect(await test.admin.api.audit.verify()).toMatchObject({
      isIntact: true,
      archivedEntries: 1200,
      entries: 1206,
    });
    await test.restart();
    await setDays(test, 30);
    expect(await test.admin.api.audit.verify()).toMatchObject({ isIntact: true, archivedEntries: 1200 });

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 35 * dayMs });
    try {
      await test.panel.core.settings.set('audit.archiveAfterDays', 30);
      // Sessions have ended by then; what is tested is the archive.
      await test.restart();
      await vi.waitFor(() => expect(readdirSync(folder(test))).toHaveLength(4), patience);
    } finally {
      vi.useRealTimers();
    }
    expect(await test.panel.core.audit.verify()).toMatchObject({ brokenAt: null });
  });

  it('asks for at least a month, and for the right to change settings', async () => {
    expect(await setDays(test, 29).catch((error: { code: string }) => error.code)).toBe('invalid_input');
    const { status } = await ask(test, '/api/admin/audit-logs/archive', {
      ...{ method: 'PUT', token: test.user.token, body: { archiveAfterDays: null } },
    });
    expect(status).toBe(403);
  });

  it.each<[string, (test: TestPanel) => void]>([
    ['is gone', (test) => rmSync(folder(test), { recursive: true })],
    ['has no content', (test) => rmSync(dataFile(test))],
    ['is cut off', (test) => writeFileSync(dataFile(test), readFileSync(dataFile(test)).subarray(0, 2000))],
    ['is not gzip', (test) => writeFileSync(dataFile(test), 'x')],
    [
      'has a changed line',
      (test) => rewriteLines(test, (lines) => lines.with(7, lines[7]?.replace('system', 'agent') ?? '')),
    ],
    ['lacks a line', (test) => rewriteLines(test, (lines) => lines.toSpliced(7, 1))],
    ['lacks its last lines', (test) => rewriteLines(test, (lines) => lines.slice(0, -10))],
    ['has something else in a line', (test) => rewriteLines(test, (lines) => lines.with(7, 'null'))],
    [
      'is said to end sooner',
      (test) => rewriteManifest(test, (manifest) => ({ ...manifest, lastSeq: 1100 })),
    ],
  ])('tells that a file %s', async (_what, tamper) => {
    await setDays(test, 365);
    await filesOf(test, 1);
    tamper(test);
    const report = await test.admin.api.audit.verify();
    expect(report).toMatchObject({
      isIntact: false,
      brokenAt: expect.any(Number),
      problem: expect.any(String),
    });
    expect(report.brokenAt).toBeLessThanOrEqual(1201);
  });

  it('goes on after a crash between writing a file and taking its entries out of the database', async () => {
    const rows = await rowsOf(test).find({ order: { seq: 'ASC' }, take: 1200 });
    await setDays(test, 365);
    await filesOf(test, 1);
    await setDays(test, null);
    for (let from = 600; from < rows.length; from += 300)
      await rowsOf(test).insert(rows.slice(from, from + 300) as never);
    expect(await test.admin.api.audit.verify()).toMatchObject({ isIntact: true });
    await setDays(test, 365);
    await filesOf(test, 1);
    expect(await test.admin.api.audit.verify()).toMatchObject({ isIntact: true, archivedEntries: 1200 });
  });

  it('takes nothing whose chain is broken, and says why', async () => {
    await allowTampering(test.panel.core.database);
    await rowsOf(test).update({ seq: 700 }, { actorName: 'somebody else' });
    await setDays(test, 365);
    const archive = await vi.waitFor(async () => {
      const found = await test.admin.api.audit.archive();
      expect(found.problem).not.toBeNull();
      return found;
    }, patience);
    expect(archive).toMatchObject({
      files: [],
      problem: 'Entries could not be archived: Entry 700 was changed',
    });
    expect(await rowsOf(test).countBy({ seq: 1 })).toBe(1);
    expect(readdirSync(folder(test))).toEqual([]);
  });
});

describe.each(testDatabases)('a flood of entries on %s', (database) => {
  let test: TestPanel;
  beforeAll(async () => {
    test = await testPanel({ database });
  });
  afterAll(() => test?.close());

  // More than SQLite takes parameters in a statement.
  it('goes into the archive, each entry once', { timeout: 120_000 }, async () => {
    const bursts = 9;
    const perBurst = 4000;
    for (let burst = 0; burst < bursts; burst++) await recordDaysAgo(test, 60, perBurst);
    await recordDaysAgo(test, 0, 1);
    await setDays(test, 30);
    const [file] = await filesOf(test, 1);
    expect(file).toMatchObject({ firstSeq: 1, lastSeq: bursts * perBurst });
    const lines = gunzipSync(readFileSync(join(folder(test), file?.name as string))).toString();
    const numbers = lines.match(/"seq":\d+/g) ?? [];
    expect([numbers.length, new Set(numbers).size]).toEqual([bursts * perBurst, bursts * perBurst]);
    // Nothing is left to be taken a second time.
    await setDays(test, 31);
    await filesOf(test, 1);
    expect(await rowsOf(test).count()).toBe(3);
    expect(await test.admin.api.audit.verify()).toMatchObject({
      isIntact: true,
      archivedEntries: bursts * perBurst,
    });
  });
});

const dataFile = (test: TestPanel) => join(folder(test), 'audit-000000000001-000000001200.ndjson.gz');

function rewriteLines(test: TestPanel, change: (lines: string[]) => string[]): void {
  const lines = gunzipSync(readFileSync(dataFile(test)))
    .toString()
    .trimEnd()
    .split('\n');
  writeFileSync(dataFile(test), gzipSync(`${change(lines).join('\n')}\n`));
}

function rewriteManifest(test: TestPanel, change: (manifest: object) => object): void {
  const path = dataFile(test).replace('.ndjson.gz', '.json');
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')))));
}
