import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { StartError } from '@catalyst/shared/node/start-error';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildPanel } from '../app.ts';
import { createLogger } from '../logger.ts';
import { type TestPanel, testPanel } from '../testing/test-panel.ts';
import { migrations } from './data-source.ts';

let test: TestPanel;
let file: string;
let backups: string;
beforeEach(async () => {
  test = await testPanel();
  file = join(test.dataDir, 'panel', 'catalyst.sqlite');
  backups = join(test.dataDir, 'panel', 'database-backups');
});
afterEach(() => test.close());

const migrationNames = migrations.map((Migration) => new Migration().name);
const start = () => buildPanel(test.config, { log: createLogger('silent') });

async function refusal(): Promise<string> {
  const started = performance.now();
  const error = await start().then(
    async (panel) => {
      await panel.close();
      return undefined;
    },
    (thrown: unknown) => thrown,
  );
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(error).toBeInstanceOf(StartError);
  return (error as StartError).message;
}

describe('a damaged database', () => {
  it.each<[string, string, () => void]>([
    ['of 0 bytes', 'is empty', () => truncateSync(file, 0)],
    ['cut short', 'is damaged', () => truncateSync(file, Math.floor(statSync(file).size / 2 / 4096) * 4096)],
    ['with a broken header', 'is damaged', () => overwrite(0, 'not a database')],
    ['with broken pages', 'is damaged', () => overwrite(4096, Buffer.alloc(20_000, 0xa5))],
    ['that is another file', 'is damaged', () => writeFileSync(file, 'hello '.repeat(5000))],
    ['of another program', 'is a database of another program', makeForeign],
    ['with a broken page that a log lies over', 'is damaged', breakUnderLog],
    ['that is gone', 'is missing', () => rmSync(file)],
  ])('%s is refused with the command that restores it, and left as it is', async (_what, cause, damage) => {
    await test.restart();
    await test.panel.close();
    damage();
    const before = existsSync(file) ? readFileSync(file) : undefined;
    const message = await refusal();
    expect(message).toContain(cause);
    expect(existsSync(file) ? readFileSync(file) : undefined).toEqual(before);
    const command = /run: (.*?)(?: To start with an empty panel instead.*)?$/.exec(message)?.[1] ?? '';
    execFileSync('sh', ['-c', command]);
    await test.restart();
    expect((await test.admin.api.sessions.me()).name).toBe('admin');
  });

  it('is said to have no backup when there is none', async () => {
    await test.panel.close();
    truncateSync(file, 0);
    expect(await refusal()).toContain('There is no backup');
  });
});

/** As it lies there after a kill: with changes that are only in the log, and a head that may know them or not. */
async function kill(): Promise<void> {
  const { database, audit } = test.panel.core;
  const record = () => audit.record({ action: 'test.entry', outcome: 'success', actor: { kind: 'system' } });
  await database.query('PRAGMA wal_autocheckpoint = 0');
  await database.query('PRAGMA wal_checkpoint(TRUNCATE)');
  for (let entry = 0; entry < 20; entry++) await record();
  const files = [file, `${file}-wal`].map((path) => [path, readFileSync(path)] as const);
  await test.panel.close();
  for (const [path, content] of files) writeFileSync(path, content);
}
const head = () => join(test.dataDir, 'panel', 'audit-head.json');

describe('a panel that was killed', () => {
  it('starts, whether the signed head had been written or not', async () => {
    await kill();
    await test.restart();
    expect(await test.panel.core.audit.verify()).toMatchObject({ entries: 20, brokenAt: null });
    const early = readFileSync(head());
    await kill();
    writeFileSync(head(), early);
    await test.restart();
    expect(await test.panel.core.audit.verify()).toMatchObject({ entries: 40, brokenAt: null });
  });

  it.each<[string, string, () => void]>([
    ['whose log was damaged', 'ends at entry 0, but entry 20', () => overwrite(100, 'bad', `${file}-wal`)],
    ['whose log was cut', 'has lost changes', () => truncateSync(`${file}-wal`, 20_000)],
    ['whose log is gone', 'has lost changes', () => rmSync(`${file}-wal`)],
  ])('%s is not started without a word', async (_what, cause, damage) => {
    await test.restart();
    await kill();
    damage();
    const files = [file, `${file}-wal`].filter((path) => existsSync(path));
    const before = files.map((path) => readFileSync(path));
    const message = await refusal();
    expect(message).toContain(cause);
    expect(message).toContain('CATALYST_ACCEPT_DATA_LOSS=1');
    expect(files.map((path) => readFileSync(path))).toEqual(before);
    const [, command] = /run: (.*)$/.exec(message) ?? [];
    execFileSync('sh', ['-c', command as string]);
    await test.restart();
    expect((await test.admin.api.sessions.me()).name).toBe('admin');
  });
});

it('does not start empty where there was a database, unless told to', async () => {
  await kill();
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
  expect(await refusal()).toContain('is missing, but there was one');
  expect(existsSync(file)).toBe(false);
  test.config.acceptDataLoss = true;
  await test.restart();
  test.config.acceptDataLoss = false;
  await test.restart();
  expect(await test.panel.core.audit.verify()).toMatchObject({ entries: 1, brokenAt: null });
});

it('refuses a database that a newer version has written, and leaves it as it is', async () => {
  await test.panel.core.database.query(
    `INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'from-the-future-9999999999999')`,
  );
  await test.panel.close();
  const before = readFileSync(file);
  expect(await refusal()).toContain('written by a newer version of Catalyst');
  expect(readFileSync(file)).toEqual(before);
});

it('refuses a second panel on the same folder, and not the next one', async () => {
  expect(await refusal()).toContain('Another panel is already running');
  expect((await test.admin.api.sessions.me()).name).toBe('admin');
  await test.restart();
});

it.skipIf(process.getuid?.() === 0)(
  'refuses a database it cannot write (skipped for root, who can write everything)',
  async () => {
    await test.panel.close();
    chmodSync(file, 0o400);
    expect(await refusal()).toContain('cannot be written');
  },
);

it('backs the database up before a change of its tables, and says what is wrong when the change fails', async () => {
  const { database } = test.panel.core;
  // A change is made a second time, which cannot succeed; an earlier one marks the database as used.
  const again = 'audit-search-0000000000008';
  expect(migrationNames).toContain(again);
  await database.query('UPDATE migrations SET name = ? WHERE name = ?', [migrationNames[0], again]);
  await test.panel.close();
  expect(await refusal()).toContain('could not be brought up to this version; it is as it was before');
  const [backup] = readdirSync(backups);
  expect(backup).toMatch(/-before-update\.sqlite$/);
  expect(statSync(join(backups, backup as string)).mode & 0o777).toBe(0o600);
  const copy = new Database(join(backups, backup as string), { readonly: true });
  expect(copy.prepare('SELECT count(*) FROM users').pluck().get()).toBe(2);
  copy.close();
});

it('copies the database once a day, and keeps seven copies', async () => {
  await test.restart();
  await test.restart();
  const [first, ...others] = readdirSync(backups);
  expect(others).toEqual([]);
  const longAgo = new Date(Date.now() - 25 * 3_600_000);
  for (let day = 1; day <= 9; day++) {
    copyFileSync(join(backups, first as string), join(backups, `2026-01-0${day}T00-00-00.000Z.sqlite`));
  }
  utimesSync(join(backups, first as string), longAgo, longAgo);
  await test.restart();
  const left = readdirSync(backups);
  expect(left).toHaveLength(7);
  expect(left).toContain(first);
  expect(left).not.toContain('2026-01-04T00-00-00.000Z.sqlite');
});

it('keeps the database to its owner', () => {
  for (const name of readdirSync(join(test.dataDir, 'panel')).filter((name) =>
    name.startsWith('catalyst.sqlite'),
  )) {
    expect(`${name} ${(statSync(join(test.dataDir, 'panel', name)).mode & 0o777).toString(8)}`).toBe(
      `${name} 600`,
    );
  }
});

function overwrite(position: number, content: string | Buffer, path = file): void {
  const descriptor = openSync(path, 'r+');
  writeSync(descriptor, Buffer.from(content), 0, content.length, position);
  closeSync(descriptor);
}

/** As after a power cut: the last changes are still in the log beside the file. */
function breakUnderLog(): void {
  const writer = new Database(file);
  writer.exec('CREATE TABLE late (text TEXT)');
  const log = readFileSync(`${file}-wal`);
  writer.close();
  overwrite(4096, Buffer.alloc(20_000, 0xa5));
  writeFileSync(`${file}-wal`, log);
}

function makeForeign(): void {
  rmSync(file);
  const database = new Database(file);
  database.exec('CREATE TABLE recipes (name TEXT)');
  database.close();
}
