import { AppError, toIssues } from '@catalyst/shared/contract/errors';
import { type IpPool, type IpPoolChanges, NewIpPool } from '@catalyst/shared/features/ip-pools';
import { type DataSource, type EntityManager, In } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { type Caller, isPermitted } from '../../access.ts';
import { inTransaction } from '../../database/sqlite-gate.ts';
import { NetworkAddressEntity } from '../networks/network-address.entity.ts';
import { NodeNetworkEntity, type NodeNetworkRow } from '../networks/node-network.entity.ts';
import { lockNode } from '../nodes/node-placement.ts';
import { ServerEntity } from '../servers/server.entity.ts';
import { IpPoolEntity, type IpPoolRow } from './ip-pool.entity.ts';
import { assertApart, describePool, poolOf } from './ip-pool-rules.ts';

/** The addresses of nodes' networks that servers are given. What they have stays theirs, whatever becomes of the pools. */
export class IpPoolsService {
  readonly #database: DataSource;

  constructor({ database }: { database: DataSource }) {
    this.#database = database;
  }

  async list(nodeId: string | undefined, caller: Caller): Promise<{ items: IpPool[]; nextCursor: null }> {
    const rows = await this.#database
      .getRepository(IpPoolEntity)
      .find({ ...(nodeId !== undefined && { where: { nodeId } }), order: { id: 'ASC' } });
    const visible = rows.filter((row) => isPermitted(caller, 'node.read', row));
    return { items: await this.#describe(visible), nextCursor: null };
  }

  async get(id: string, caller: Caller): Promise<IpPool> {
    return this.#one(await find(this.#database.manager, id, caller, 'node.read'));
  }

  async create({ nodeId, networkName, ...input }: NewIpPool, caller: Caller): Promise<IpPool> {
    if (!isPermitted(caller, 'node.update', { nodeId })) throw noSuchNode();
    const row = await inTransaction(this.#database, async (manager) => {
      await lockNode(manager, nodeId).catch((error: unknown) => {
        throw error instanceof AppError ? noSuchNode() : error;
      });
      const network = await manager.findOneBy(NodeNetworkEntity, { nodeId, name: networkName });
      if (!network) throw invalid('networkName', `This node has no network named ${networkName}`);
      const now = new Date();
      const made: IpPoolRow = {
        ...{ id: uuid(), nodeId, networkId: network.id, ...poolOf(network, input) },
        ...{ createdAt: now, updatedAt: now },
      };
      await assertApart(manager, made);
      await manager.insert(IpPoolEntity, made);
      return made;
    });
    return this.#one(row);
  }

  async update(id: string, changes: IpPoolChanges, caller: Caller): Promise<IpPool> {
    const { nodeId } = await find(this.#database.manager, id, caller, 'node.update');
    const row = await inTransaction(this.#database, async (manager) => {
      await lockNode(manager, nodeId);
      const before = await find(manager, id, caller, 'node.update');
      const network = await manager.findOneByOrFail(NodeNetworkEntity, { id: before.networkId });
      const { cidr, startIp, endIp, reserved } = before;
      const whole = { nodeId, networkName: network.name, cidr, startIp, endIp, reserved, ...changes };
      const { success, data, error } = NewIpPool.safeParse(whole);
      if (!success) {
        throw new AppError('invalid_input', 'The pool would contradict itself', { issues: toIssues(error) });
      }
      const after = { ...before, ...poolOf(network, data), updatedAt: new Date() };
      await assertApart(manager, after);
      await manager.update(IpPoolEntity, { id }, after);
      return after;
    });
    return this.#one(row);
  }

  async delete(id: string, caller: Caller): Promise<void> {
    await find(this.#database.manager, id, caller, 'node.update');
    await this.#database.getRepository(IpPoolEntity).delete({ id });
  }

  async #one(row: IpPoolRow): Promise<IpPool> {
    return (await this.#describe([row]))[0] as IpPool;
  }

  async #describe(rows: readonly IpPoolRow[]): Promise<IpPool[]> {
    const networkIds = In(rows.map(({ networkId }) => networkId));
    const networks = await this.#database.getRepository(NodeNetworkEntity).findBy({ id: networkIds });
    const addresses = await this.#database
      .getRepository(NetworkAddressEntity)
      .findBy({ networkId: networkIds });
    const servers = await this.#database
      .getRepository(ServerEntity)
      .find({ where: { networkId: networkIds }, select: { id: true, name: true } });
    const names = new Map(servers.map(({ id, name }) => [id, name]));
    return rows.flatMap((row) => {
      const network = networks.find(({ id }) => id === row.networkId) as NodeNetworkRow;
      const held = addresses.filter(({ networkId }) => networkId === row.networkId);
      return describePool(row, network, held, names);
    });
  }
}

/** A pool of a node that the caller may not use is none at all. */
async function find(
  manager: EntityManager,
  id: string,
  caller: Caller,
  permission: 'node.read' | 'node.update',
): Promise<IpPoolRow> {
  const row = await manager.findOneBy(IpPoolEntity, { id });
  if (row && isPermitted(caller, permission, { nodeId: row.nodeId })) return row;
  throw new AppError('not_found', 'There is no such pool of addresses');
}

const noSuchNode = () => invalid('nodeId', 'There is no such node');

function invalid(path: string, message: string): AppError {
  return new AppError('invalid_input', message, { issues: [{ path, message }] });
}
