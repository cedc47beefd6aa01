import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { id, json, nullable, reference, text, time } from '../tables.ts';

/** Networks of nodes, and what a server's container is made of and held to. */
export class Networks implements MigrationInterface {
  readonly name = 'networks-0000000000005';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables) await runner.createTable(new Table(table));
    for (const [table, column] of columns) await runner.query(`ALTER TABLE "${table}" ADD COLUMN ${column}`);
    await runner.query(`CREATE INDEX "servers_network" ON "servers" ("networkId")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX "servers_network"`);
    for (const [table, column] of [...columns].reverse()) {
      await runner.query(`ALTER TABLE "${table}" DROP COLUMN ${column.slice(0, column.indexOf(' '))}`);
    }
    for (const { name } of [...tables].reverse()) await runner.dropTable(name);
  }
}

const columns = [
  ['servers', '"image" text'],
  ['servers', '"networkId" text'],
  ['servers', '"staticIp" text'],
  ['servers', '"swapMb" bigint NOT NULL DEFAULT 0'],
  ['servers', '"pids" integer NOT NULL DEFAULT 512'],
  ['servers', '"cpuPinning" text'],
  ['servers', '"ioWeight" integer'],
  ['allocations', '"targetPort" integer'],
  ['allocations', '"networkId" text'],
] as const;

const tables = [
  {
    name: 'node_networks',
    columns: [
      id(),
      text('nodeId'),
      text('name'),
      text('kind'),
      nullable(text('parent')),
      nullable(text('subnet')),
      nullable(text('gateway')),
      nullable(json('plugins')),
      time('createdAt'),
      time('updatedAt'),
    ],
    uniques: [{ name: 'node_networks_name', columnNames: ['nodeId', 'name'] }],
    foreignKeys: [reference('nodeId', 'nodes', 'CASCADE')],
  },
  {
    // Not bound to a server's row: an address stays taken until the agent has removed a deleted server.
    name: 'network_addresses',
    columns: [id(), text('nodeId'), text('networkId'), text('address'), text('serverId')],
    uniques: [{ name: 'network_addresses_once', columnNames: ['nodeId', 'address'] }],
    foreignKeys: [reference('nodeId', 'nodes', 'CASCADE')],
    indices: [
      { name: 'network_addresses_network', columnNames: ['networkId'] },
      { name: 'network_addresses_server', columnNames: ['serverId'] },
    ],
  },
];
