import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { boolean, decimal, id, integer, json, long, nullable, reference, text, time } from '../tables.ts';

export class NodesAndServers implements MigrationInterface {
  readonly name = 'nodes-and-servers-0000000000002';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables) await runner.createTable(new Table(table));
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { name } of [...tables].reverse()) await runner.dropTable(name);
  }
}

const tables = [
  {
    name: 'nodes',
    columns: [
      id(),
      text('name'),
      boolean('isLocal'),
      nullable(text('hostname')),
      nullable(text('locationId')),
      text('publicAddress'),
      nullable(long('maxMemoryMb')),
      nullable(decimal('maxCpuCores')),
      nullable(text('agentKey')),
      nullable(text('agentVersion')),
      boolean('isRefused'),
      nullable(text('statusText')),
      nullable(time('lastSeenAt')),
      time('createdAt'),
    ],
  },
  {
    name: 'deployment_tokens',
    columns: [
      id(),
      text('nodeId'),
      text('secretHash'),
      time('createdAt'),
      time('expiresAt'),
      nullable(time('endedAt')),
    ],
    uniques: [{ name: 'deployment_tokens_secret', columnNames: ['secretHash'] }],
    foreignKeys: [reference('nodeId', 'nodes', 'CASCADE')],
    indices: [{ name: 'deployment_tokens_node', columnNames: ['nodeId'] }],
  },
  {
    name: 'servers',
    columns: [
      id(),
      text('name'),
      text('description'),
      text('ownerId'),
      text('nodeId'),
      text('templateId'),
      text('runtime'),
      text('state'),
      nullable(text('reason')),
      nullable(text('reasonText')),
      text('desiredState'),
      nullable(text('reportedState')),
      time('stateChangedAt'),
      long('lastEventId'),
      nullable(time('startedAt')),
      nullable(integer('exitCode')),
      integer('crashCount'),
      nullable(time('lastCrashAt')),
      nullable(time('nextRestartAt')),
      nullable(time('suspendedAt')),
      long('allocatedMemoryMb'),
      decimal('allocatedCpuCores'),
      long('allocatedDiskMb'),
      text('networkMode'),
      json('environment'),
      nullable(text('sealedEnvironment')),
      json('restartPolicy'),
      integer('specRevision'),
      integer('appliedRevision'),
      text('specHash'),
      nullable(time('installedAt')),
      boolean('startAfterInstall'),
      nullable(text('operationId')),
      time('createdAt'),
      time('updatedAt'),
    ],
    foreignKeys: [reference('ownerId', 'users'), reference('nodeId', 'nodes')],
    indices: [
      { name: 'servers_owner', columnNames: ['ownerId', 'id'] },
      { name: 'servers_node', columnNames: ['nodeId', 'id'] },
    ],
  },
  {
    // Not bound to a server's row: ports stay taken until the agent has removed a deleted server.
    name: 'allocations',
    columns: [
      id(),
      text('nodeId'),
      text('serverId'),
      text('ip'),
      integer('port'),
      text('protocol'),
      text('name'),
      integer('position'),
    ],
    uniques: [{ name: 'allocations_once', columnNames: ['nodeId', 'ip', 'port', 'protocol'] }],
    foreignKeys: [reference('nodeId', 'nodes', 'CASCADE')],
    indices: [{ name: 'allocations_server', columnNames: ['serverId'] }],
  },
  {
    name: 'server_tombstones',
    columns: [{ ...id(), name: 'serverId' }, text('nodeId'), text('operationId'), time('deletedAt')],
    foreignKeys: [reference('nodeId', 'nodes', 'CASCADE')],
    indices: [{ name: 'server_tombstones_node', columnNames: ['nodeId'] }],
  },
  {
    name: 'operations',
    columns: [
      id(),
      text('serverId'),
      text('nodeId'),
      text('kind'),
      text('status'),
      nullable(text('error')),
      time('startedAt'),
      time('deadlineAt'),
      nullable(time('finishedAt')),
    ],
    indices: [
      { name: 'operations_server', columnNames: ['serverId', 'id'] },
      { name: 'operations_status', columnNames: ['status', 'deadlineAt'] },
    ],
  },
];
