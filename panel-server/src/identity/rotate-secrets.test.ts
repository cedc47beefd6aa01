import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomToken } from '@catalyst/shared/node/random-token';
import type { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { entities, openDatabase } from '../database/data-source.ts';
import { AuditEntryEntity } from '../features/audit/audit-entry.entity.ts';
import { totpCode, totpStep } from '../features/factors/totp.ts';
import { RegistriesService } from '../features/registries/registries.service.ts';
import { answerPlace } from '../http/idempotency.ts';
import { IdempotencyKeyEntity } from '../http/idempotency-key.entity.ts';
import { createLogger } from '../logger.ts';
import { ask } from '../testing/ask.ts';
import { fromBase32 } from '../testing/from-base32.ts';
import { startMailServer, type TestMailServer } from '../testing/test-mail.ts';
import { type TestPanel, testDatabases, testPanel } from '../testing/test-panel.ts';
import { Resealing } from './resealing.ts';
import { sealedColumns } from './sealed-columns.ts';
import { secretBox } from './secret-box.ts';

const keyFile = (test: TestPanel) => join(test.dataDir, 'panel', 'identity', 'secrets.key');
const keysOf = (test: TestPanel) => readFileSync(keyFile(test), 'utf8').trim().split('\n');
const writeKeys = (test: TestPanel, keys: string[]) => writeFileSync(keyFile(test), `${keys.join('\n')}\n`);
const boxOf = (key: string | undefined) => secretBox([Buffer.from(key ?? '', 'base64url')]);
/** More than one chunk. */
const answers = 450;

describe.each(testDatabases)('a new key for stored secrets on %s', (database) => {
  let test: TestPanel;
  let mail: TestMailServer;
  let oldKey: string | undefined;
  let totpSecret: string;
  let nodeText: string;

  const makeNode = () =>
    ask(test, '/api/nodes', {
      body: { name: 'once', publicAddress: '192.0.2.10' },
      token: test.admin.token,
      headers: { 'idempotency-key': 'key-1' },
    });

  beforeEach(async () => {
    test = await testPanel({ database });
    mail = await startMailServer();
    [oldKey] = keysOf(test);
    await test.admin.api.mail.set({ body: mail.settings });
    await test.admin.api.registries.create({
      body: { host: 'registry.example.com', username: 'robot', password: 'canary' },
    });
    ({ secret: totpSecret } = await test.user.api.factors.beginTotp());
    nodeText = (await makeNode()).text;
    const rows = Array.from({ length: answers }, (_, index) => ({
      ...{ id: `row-${index}`, requestHash: 'x', status: 200, createdAt: new Date() },
      answer: test.panel.core.secretBox.seal(`answer ${index}`, answerPlace(`row-${index}`)),
    }));
    await test.panel.core.database.getRepository(IdempotencyKeyEntity).insert(rows);
  });
  afterEach(async () => {
    await test.close();
    await mail.close();
  });

  /** All that was sealed works, and none of it opens with the old key. */
  async function expectRotated() {
    const [key, ...others] = keysOf(test);
    expect(others).toEqual([]);
    expect(key).not.toBe(oldKey);
    expect(statSync(keyFile(test)).mode & 0o777).toBe(0o600);

    const { core } = test.panel;
    expect(await test.admin.api.mail.test({ body: { to: 'me@example.com' } })).toMatchObject({
      wasSent: true,
    });
    const [registry] = await new RegistriesService(core).trustedFor(['registry.example.com/game:1']);
    expect(registry?.registry.login).toEqual({ username: 'robot', password: 'canary' });
    const code = totpCode(fromBase32(totpSecret), totpStep(Date.now()));
    await test.user.api.factors.confirmTotp({ body: { code } });
    expect((await makeNode()).text).toBe(nodeText);

    let opened = 0;
    for (const { entity, column, placeOf } of sealedColumns) {
      const rows = (await core.database.getRepository(entity).find()) as Record<string, string | null>[];
      for (const { id, [column]: sealed } of rows) {
        if (!id || sealed === null || sealed === undefined) continue;
        expect(() => boxOf(oldKey).open(sealed, placeOf(id))).toThrow();
        boxOf(key).open(sealed, placeOf(id));
        opened += 1;
      }
    }
    expect(opened).toBeGreaterThanOrEqual(answers + 3);
  }

  const recorded = () =>
    test.panel.core.database
      .getRepository(AuditEntryEntity)
      .find({ where: { action: 'panel.rotate-secrets' }, order: { seq: 'ASC' } });

  it('is made on demand, and everything is sealed with it; that is on record', async () => {
    test.config.rotateSecrets = true;
    await test.restart();
    await expectRotated();
    test.config.rotateSecrets = false;
    const [key] = keysOf(test);
    await test.restart();
    expect(keysOf(test)).toEqual([key]);
    const [entry, ...others] = await recorded();
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ outcome: 'success', actorKind: 'system', details: { unopened: 0 } });
    expect(entry?.details.resealed).toBeGreaterThanOrEqual(answers + 3);
    expect(await test.panel.core.audit.verify()).toMatchObject({ brokenAt: null });
  });

  it('leaves a row that no key opens as it is, and names it', async () => {
    const rows = test.panel.core.database.getRepository(IdempotencyKeyEntity);
    const answer = boxOf(randomToken()).seal('lost', answerPlace('row-7'));
    await rows.update({ id: 'row-7' }, { answer });
    test.config.rotateSecrets = true;
    await test.restart();
    expect(keysOf(test)).toHaveLength(1);
    const row = await test.panel.core.database.getRepository(IdempotencyKeyEntity).findOneBy({ id: 'row-7' });
    expect(row?.answer).toBe(answer);
    const warnings = logged(test).filter(({ msg }) => msg.includes('that no key opens'));
    expect(warnings).toMatchObject([{ table: 'idempotency_keys', id: 'row-7' }]);
    expect(await recorded()).toMatchObject([{ outcome: 'success', details: { unopened: 1 } }]);
  });

  it('is kept after a crash before anything was sealed with it; the next start goes on', async () => {
    const newKey = randomToken();
    writeKeys(test, [newKey, oldKey ?? '']);
    await test.restart();
    expect(keysOf(test)).toEqual([newKey]);
    await expectRotated();
  });

  it('is kept after a crash before the old one was dropped; the next start goes on', async () => {
    const newKey = randomToken();
    writeKeys(test, [newKey, oldKey ?? '']);
    const both = [newKey, oldKey ?? ''].map((key) => Buffer.from(key, 'base64url'));
    await new Resealing(test.panel.core.database, secretBox(both as [Buffer, Buffer])).run();
    test.config.rotateSecrets = true;
    await test.restart();
    // It is the rotation that was begun; another one would be for the next start.
    expect(keysOf(test)).toEqual([newKey]);
    await expectRotated();
  });

  it('does not take the place of the old one while something cannot be sealed with it', async () => {
    await refuse(test.panel.core.database, 'totp_factors', 'UPDATE');
    test.config.rotateSecrets = true;
    await expect(test.restart()).rejects.toThrow(
      /^The stored secrets could not be sealed with the new key: .*not now/,
    );
    expect(keysOf(test)).toEqual([expect.anything(), oldKey]);
    const [newKey] = keysOf(test);
    const { dataSource, close } = await openDatabase(test.config, createLogger('silent'));
    await allowAgain(dataSource, 'totp_factors');
    await close();
    test.config.rotateSecrets = false;
    await test.restart();
    expect(keysOf(test)).toEqual([newKey]);
    await expectRotated();
    expect((await recorded()).map(({ outcome }) => outcome)).toEqual(['failure', 'success']);
  });

  it('does not take the place of the old one while that cannot be recorded', async () => {
    await refuse(test.panel.core.database, 'audit_entries', 'INSERT');
    test.config.rotateSecrets = true;
    await expect(test.restart()).rejects.toThrow(/could not be sealed with the new key/);
    expect(keysOf(test)).toEqual([expect.anything(), oldKey]);
    const { dataSource, close } = await openDatabase(test.config, createLogger('silent'));
    await allowAgain(dataSource, 'audit_entries');
    await close();
    await test.restart();
    await expectRotated();
    expect(await recorded()).toMatchObject([{ outcome: 'success' }]);
  });
});

describe('the table of what is sealed', () => {
  it('names every column of that name', () => {
    const named = sealedColumns.map(({ entity, column }) => `${entity.options.name}.${column}`);
    const found = entities.flatMap(({ options: { name, columns } }) =>
      Object.keys(columns)
        .filter((column) => column.startsWith('sealed'))
        .map((column) => `${name}.${column}`),
    );
    expect(found.length).toBeGreaterThan(5);
    expect(named).toEqual(expect.arrayContaining(found));
  });
});

const logged = (test: TestPanel): { msg: string }[] =>
  test
    .logText()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

async function refuse(source: DataSource, table: string, change: 'INSERT' | 'UPDATE'): Promise<void> {
  if (source.options.type !== 'postgres') {
    await source.query(
      `CREATE TRIGGER refuse BEFORE ${change} ON ${table} BEGIN SELECT RAISE(ABORT, 'not now'); END`,
    );
    return;
  }
  await source.query(
    `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not now'; END $$`,
  );
  await source.query(
    `CREATE TRIGGER refuse BEFORE ${change} ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION refuse()`,
  );
}

const allowAgain = (source: DataSource, table: string) =>
  source.query(
    source.options.type === 'postgres' ? `DROP TRIGGER refuse ON ${table}` : 'DROP TRIGGER refuse',
  );
