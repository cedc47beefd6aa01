import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { boolean, id, integer, json, long, nullable, reference, text, time } from '../tables.ts';

/** What people sign in by besides a password, links for them, and the mails that carry the links. */
export class AccountsAndMail implements MigrationInterface {
  readonly name = 'accounts-and-mail-0000000000007';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables) await runner.createTable(new Table(table));
    for (const [table, column] of columns) await runner.query(`ALTER TABLE "${table}" ADD COLUMN ${column}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table, column] of [...columns].reverse()) {
      await runner.query(`ALTER TABLE "${table}" DROP COLUMN ${column.slice(0, column.indexOf(' '))}`);
    }
    for (const { name } of [...tables].reverse()) await runner.dropTable(name);
  }
}

const columns = [
  ['users', '"emailVerifiedAt" bigint'],
  ['sessions', '"authenticatedAt" bigint NOT NULL DEFAULT 0'],
] as const;

const ofUser = reference('userId', 'users', 'CASCADE');

const tables = [
  {
    name: 'account_tokens',
    columns: [
      id(),
      text('purpose'),
      text('tokenHash'),
      nullable(text('userId')),
      nullable(text('email')),
      nullable(text('sealedData')),
      time('createdAt'),
      time('expiresAt'),
    ],
    uniques: [{ name: 'account_tokens_once', columnNames: ['tokenHash'] }],
    foreignKeys: [ofUser],
    indices: [
      { name: 'account_tokens_user', columnNames: ['userId'] },
      { name: 'account_tokens_expiry', columnNames: ['expiresAt'] },
    ],
  },
  {
    // Its id is the user's.
    name: 'totp_factors',
    columns: [id(), text('sealedSecret'), time('createdAt'), nullable(time('enabledAt')), long('lastStep')],
    foreignKeys: [reference('id', 'users', 'CASCADE')],
  },
  {
    name: 'recovery_codes',
    columns: [id(), text('userId'), text('codeHash')],
    uniques: [{ name: 'recovery_codes_once', columnNames: ['userId', 'codeHash'] }],
    foreignKeys: [ofUser],
  },
  {
    name: 'passkeys',
    columns: [
      id(),
      text('userId'),
      text('credentialId'),
      text('publicKey'),
      long('counter'),
      json('transports'),
      text('name'),
      text('host'),
      boolean('isSynced'),
      time('createdAt'),
      nullable(time('lastUsedAt')),
    ],
    uniques: [{ name: 'passkeys_credential', columnNames: ['credentialId'] }],
    foreignKeys: [ofUser],
    indices: [{ name: 'passkeys_user', columnNames: ['userId'] }],
  },
  {
    name: 'oidc_providers',
    columns: [
      id(),
      text('name'),
      text('issuer'),
      text('clientId'),
      nullable(text('sealedSecret')),
      json('scopes'),
      boolean('allowCreate'),
      boolean('isTrusted'),
      boolean('skipsFactor'),
      nullable(text('groupClaim')),
      json('groupRoles'),
      boolean('isEnabled'),
      time('createdAt'),
      time('updatedAt'),
    ],
    uniques: [{ name: 'oidc_providers_name', columnNames: ['name'] }],
  },
  {
    name: 'identities',
    columns: [
      id(),
      text('providerId'),
      text('subject'),
      text('userId'),
      text('label'),
      time('createdAt'),
      nullable(time('lastUsedAt')),
    ],
    uniques: [{ name: 'identities_once', columnNames: ['providerId', 'subject'] }],
    foreignKeys: [reference('providerId', 'oidc_providers', 'CASCADE'), ofUser],
    indices: [{ name: 'identities_user', columnNames: ['userId'] }],
  },
  {
    name: 'outgoing_mails',
    columns: [
      id(),
      text('kind'),
      text('recipient'),
      nullable(text('sealedValues')),
      integer('attempts'),
      nullable(text('problem')),
      time('createdAt'),
      nullable(time('expiresAt')),
      nullable(time('nextAttemptAt')),
      time('leasedUntil'),
      nullable(time('sentAt')),
    ],
    indices: [
      { name: 'outgoing_mails_due', columnNames: ['nextAttemptAt'] },
      { name: 'outgoing_mails_recipient', columnNames: ['recipient', 'createdAt'] },
      { name: 'outgoing_mails_age', columnNames: ['createdAt'] },
    ],
  },
];
