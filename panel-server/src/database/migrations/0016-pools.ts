import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { id, json, nullable, reference, text, time } from '../tables.ts';

/** The ports and addresses of nodes that servers are given, and what people say about single ports. */
export class Pools implements MigrationInterface {
  readonly name = 'pools-0000000000016';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables) await runner.createTable(new Table(table));
    for (const [, column] of columns) await runner.query(`ALTER TABLE allocations ADD COLUMN ${column}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [name] of columns) await runner.query(`ALTER TABLE allocations DROP COLUMN "${name}"`);
    for (const { name } of [...tables].reverse()) await runner.dropTable(name);
  }
}

const columns = [
  ['alias', '"alias" text'],
  ['notes', `"notes" text NOT NULL DEFAULT ''`],
  ['isPrimary', '"isPrimary" boolean NOT NULL DEFAULT false'],
] as const;

const tables = [
  {
    name: 'port_pools',
    columns: [
      id(),
      text('nodeId'),
      text('ip'),
      json('ranges'),
      nullable(text('alias')),
      text('notes'),
      time('createdAt'),
      time('updatedAt'),
    ],
    foreignKeys: [reference('nodeId', 'nodes', 'CASCADE')],
    indices: [{ name: 'port_pools_node', columnNames: ['nodeId'] }],
  },
  {
    name: 'ip_pools',
    columns: [
      id(),
      text('nodeId'),
      text('networkId'),
      text('cidr'),
      text('startIp'),
      text('endIp'),
      json('reserved'),
      time('createdAt'),
      time('updatedAt'),
    ],
    foreignKeys: [
      reference('nodeId', 'nodes', 'CASCADE'),
      reference('networkId', 'node_networks', 'CASCADE'),
    ],
    indices: [
      { name: 'ip_pools_node', columnNames: ['nodeId'] },
      { name: 'ip_pools_network', columnNames: ['networkId'] },
    ],
  },
];
