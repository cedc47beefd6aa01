import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { id, integer, json, long, nullable, reference, text, time } from '../tables.ts';

export class UsersAndSessions implements MigrationInterface {
  readonly name = 'users-and-sessions-0000000000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables) await runner.createTable(new Table(table));
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { name } of [...tables].reverse()) await runner.dropTable(name);
  }
}

const tables = [
  {
    name: 'roles',
    columns: [id(), nullable(text('builtIn')), text('name'), json('permissions'), time('createdAt')],
    uniques: [
      { name: 'roles_built_in', columnNames: ['builtIn'] },
      { name: 'roles_name', columnNames: ['name'] },
    ],
  },
  {
    name: 'users',
    columns: [
      id(),
      text('email'),
      text('name'),
      nullable(text('displayName')),
      text('passwordHash'),
      text('roleId'),
      nullable(time('disabledAt')),
      time('createdAt'),
      time('updatedAt'),
    ],
    uniques: [
      { name: 'users_email', columnNames: ['email'] },
      { name: 'users_name', columnNames: ['name'] },
    ],
    foreignKeys: [reference('roleId', 'roles')],
  },
  {
    name: 'sessions',
    columns: [
      id(),
      text('userId'),
      text('tokenHash'),
      time('createdAt'),
      time('expiresAt'),
      time('lastUsedAt'),
      text('ip'),
      text('userAgent'),
    ],
    uniques: [{ name: 'sessions_token', columnNames: ['tokenHash'] }],
    foreignKeys: [reference('userId', 'users', 'CASCADE')],
    indices: [
      { name: 'sessions_user', columnNames: ['userId'] },
      { name: 'sessions_expiry', columnNames: ['expiresAt'] },
    ],
  },
  {
    name: 'sign_in_failures',
    columns: [id(), integer('failures'), time('lastFailureAt'), nullable(time('blockedUntil'))],
  },
  {
    name: 'settings',
    columns: [{ ...text('name'), isPrimary: true }, json('value'), time('updatedAt')],
  },
  {
    name: 'audit_entries',
    columns: [
      { ...long('seq'), isPrimary: true },
      time('at'),
      text('action'),
      text('outcome'),
      text('actorKind'),
      nullable(text('actorId')),
      nullable(text('actorName')),
      nullable(text('targetKind')),
      nullable(text('targetId')),
      nullable(text('targetName')),
      nullable(text('ip')),
      nullable(text('requestId')),
      nullable(text('errorCode')),
      json('details'),
      text('previousHash'),
      text('hash'),
    ],
    indices: [
      { name: 'audit_entries_target', columnNames: ['targetId', 'seq'] },
      { name: 'audit_entries_actor', columnNames: ['actorId', 'seq'] },
    ],
  },
  {
    name: 'idempotency_keys',
    columns: [
      id(),
      text('requestHash'),
      nullable(integer('status')),
      nullable(text('answer')),
      time('createdAt'),
    ],
    indices: [{ name: 'idempotency_keys_age', columnNames: ['createdAt'] }],
  },
];
