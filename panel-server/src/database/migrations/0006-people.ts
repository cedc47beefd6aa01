import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { id, integer, json, nullable, reference, text, time } from '../tables.ts';

/** Roles limited to nodes, servers shared with others, API keys, and the way panels tell each other what ended. */
export class People implements MigrationInterface {
  readonly name = 'people-0000000000006';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables) await runner.createTable(new Table(table));
    for (const [table, column] of columns) await runner.query(`ALTER TABLE "${table}" ADD COLUMN ${column}`);
    await runner.query(`CREATE INDEX "users_role" ON "users" ("roleId")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX "users_role"`);
    for (const [table, column] of [...columns].reverse()) {
      await runner.query(`ALTER TABLE "${table}" DROP COLUMN ${column.slice(0, column.indexOf(' '))}`);
    }
    for (const { name } of [...tables].reverse()) await runner.dropTable(name);
  }
}

const columns = [
  ['roles', '"nodeIds" text'],
  ['users', '"mustChangePassword" boolean NOT NULL DEFAULT false'],
] as const;

const tables = [
  {
    name: 'server_subusers',
    columns: [
      id(),
      text('serverId'),
      text('userId'),
      json('permissions'),
      time('createdAt'),
      time('updatedAt'),
    ],
    uniques: [{ name: 'server_subusers_once', columnNames: ['serverId', 'userId'] }],
    foreignKeys: [reference('serverId', 'servers', 'CASCADE'), reference('userId', 'users', 'CASCADE')],
    indices: [{ name: 'server_subusers_user', columnNames: ['userId', 'serverId'] }],
  },
  {
    name: 'server_invites',
    columns: [
      id(),
      text('serverId'),
      nullable(text('email')),
      text('tokenHash'),
      json('permissions'),
      text('inviterId'),
      time('createdAt'),
      time('expiresAt'),
    ],
    uniques: [{ name: 'server_invites_token', columnNames: ['tokenHash'] }],
    foreignKeys: [reference('serverId', 'servers', 'CASCADE'), reference('inviterId', 'users', 'CASCADE')],
    indices: [
      { name: 'server_invites_server', columnNames: ['serverId', 'id'] },
      { name: 'server_invites_inviter', columnNames: ['inviterId'] },
      { name: 'server_invites_expiry', columnNames: ['expiresAt'] },
    ],
  },
  {
    name: 'api_keys',
    columns: [
      id(),
      text('userId'),
      text('name'),
      text('prefix'),
      text('keyHash'),
      json('scopes'),
      nullable(time('expiresAt')),
      nullable(integer('requestsPerMinute')),
      json('allowedAddresses'),
      nullable(time('lastUsedAt')),
      nullable(text('lastUsedIp')),
      time('createdAt'),
    ],
    uniques: [{ name: 'api_keys_hash', columnNames: ['keyHash'] }],
    foreignKeys: [reference('userId', 'users', 'CASCADE')],
    indices: [{ name: 'api_keys_user', columnNames: ['userId', 'id'] }],
  },
  {
    name: 'deleted_users',
    columns: [id(), text('name'), time('deletedAt')],
  },
  {
    // What one panel ended, for the others on the same Postgres to read.
    name: 'shared_revocations',
    columns: [id(), text('panelId'), json('revocation'), time('at')],
    indices: [{ name: 'shared_revocations_at', columnNames: ['at'] }],
  },
];
