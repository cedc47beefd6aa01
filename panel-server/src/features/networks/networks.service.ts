import { AppError, toIssues } from '@catalyst/shared/contract/errors';
import {
  NewNodeNetwork,
  type NodeNetwork,
  type NodeNetworkChanges,
} from '@catalyst/shared/features/networks';
import {
  addressIssue,
  canonicalAddress,
  canonicalSubnet,
  isSubnetIn,
} from '@catalyst/shared/features/subnets';
import { type DataSource, type EntityManager, In } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { isUniqueViolation } from '../../database/database-errors.ts';
import { inTransaction } from '../../database/sqlite-gate.ts';
import { IpPoolEntity, type IpPoolRow } from '../ip-pools/ip-pool.entity.ts';
import { freeAddresses } from '../ip-pools/ip-pool-rules.ts';
import type { NodeIndex } from '../nodes/node-index.ts';
import { lockNode } from '../nodes/node-placement.ts';
import { ServerEntity } from '../servers/server.entity.ts';
import { NetworkAddressEntity, type NetworkAddressRow } from './network-address.entity.ts';
import { NodeNetworkEntity, type NodeNetworkRow } from './node-network.entity.ts';

interface NetworksParts {
  database: DataSource;
  nodeIndex: NodeIndex;
}

type Settings = Pick<NodeNetworkRow, 'parent' | 'subnet' | 'gateway' | 'plugins'>;

/** The networks that an administrator has defined on nodes. */
export class NetworksService {
  readonly #database: DataSource;
  readonly #nodeIndex: NodeIndex;

  constructor({ database, nodeIndex }: NetworksParts) {
    this.#database = database;
    this.#nodeIndex = nodeIndex;
  }

  async list(nodeId: string): Promise<{ items: NodeNetwork[]; nextCursor: null }> {
    this.#assertNode(nodeId);
    const rows = await this.#database
      .getRepository(NodeNetworkEntity)
      .find({ where: { nodeId }, order: { name: 'ASC' } });
    return { items: await this.#describe(rows), nextCursor: null };
  }

  async create(nodeId: string, input: NewNodeNetwork): Promise<NodeNetwork> {
    this.#assertNode(nodeId);
    const now = new Date();
    const row: NodeNetworkRow = {
      id: uuid(),
      nodeId,
      name: input.name,
      kind: input.kind,
      ...settingsOf(input),
      createdAt: now,
      updatedAt: now,
    };
    try {
      await this.#database.getRepository(NodeNetworkEntity).insert(storable(row));
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      const message = `This node has a network named ${input.name} already`;
      throw new AppError('conflict', message, { issues: [{ path: 'name', message }] });
    }
    return (await this.#describe([row]))[0] as NodeNetwork;
  }

  /** Refused when an address that a server has would not be in it any more. */
  async update(nodeId: string, id: string, changes: NodeNetworkChanges): Promise<NodeNetwork> {
    this.#assertNode(nodeId);
    const row = await inTransaction(this.#database, async (manager) => {
      await lockNode(manager, nodeId);
      const before = await find(manager, nodeId, id);
      const after = { ...before, ...settingsOf(checked(before, changes)), updatedAt: new Date() };
      await this.#assertAddressesFit(manager, after);
      await assertPoolsFit(manager, after);
      await manager.update(NodeNetworkEntity, { id }, storable(after));
      return after;
    });
    return (await this.#describe([row]))[0] as NodeNetwork;
  }

  /** Refused while a server is in it, or was and its node has not been told of its end. */
  async delete(nodeId: string, id: string): Promise<void> {
    this.#assertNode(nodeId);
    await inTransaction(this.#database, async (manager) => {
      await lockNode(manager, nodeId);
      const { name } = await find(manager, nodeId, id);
      const servers = await manager.find(ServerEntity, { where: { networkId: id }, order: { name: 'ASC' } });
      if (servers.length > 0)
        throw inUse(name, servers.map((server) => `"${server.name}"`).slice(0, 5), servers.length);
      if (await manager.existsBy(NetworkAddressEntity, { networkId: id })) {
        throw new AppError(
          'conflict',
          `A deleted server still has an address of ${name}: wait until its node is online and has removed it`,
        );
      }
      await manager.delete(NodeNetworkEntity, { id });
    });
  }

  #assertNode(id: string): void {
    if (!this.#nodeIndex.find(id)) throw new AppError('not_found', 'There is no such node');
  }

  async #assertAddressesFit(manager: EntityManager, { id, subnet, gateway }: NodeNetworkRow): Promise<void> {
    if (subnet === null) return;
    for (const { address, serverId } of await manager.findBy(NetworkAddressEntity, { networkId: id })) {
      const issue = addressIssue(address, { subnet, gateway });
      if (issue === null) continue;
      const server = await manager.findOneBy(ServerEntity, { id: serverId });
      throw new AppError(
        'conflict',
        `${address} of ${server ? `"${server.name}"` : 'a deleted server'} ${issue}`,
      );
    }
  }

  async #describe(rows: readonly NodeNetworkRow[]): Promise<NodeNetwork[]> {
    if (rows.length === 0) return [];
    const networkId = In(rows.map(({ id }) => id));
    const addresses = await this.#database
      .getRepository(NetworkAddressEntity)
      .find({ where: { networkId }, order: { address: 'ASC' } });
    const servers = await this.#database
      .getRepository(ServerEntity)
      .find({ where: { networkId }, select: { id: true, name: true, networkId: true } });
    const names = new Map(servers.map(({ id, name }) => [id, name]));
    const pools = await this.#database.getRepository(IpPoolEntity).findBy({ networkId });
    return rows.map((row) => ({
      ...row,
      addresses: addresses
        .filter((one) => one.networkId === row.id)
        .map((one) => describeAddress(one, names)),
      freeInPools: freeIn(
        pools.filter((pool) => pool.networkId === row.id),
        row,
        addresses.filter((one) => one.networkId === row.id),
      ),
      serverCount: servers.filter((one) => one.networkId === row.id).length,
    }));
  }
}

function freeIn(
  pools: readonly IpPoolRow[],
  network: NodeNetworkRow,
  held: readonly NetworkAddressRow[],
): number | null {
  if (pools.length === 0) return null;
  return pools.reduce((sum, pool) => sum + freeAddresses(pool, network, held), 0);
}

function describeAddress(
  { address, serverId }: NetworkAddressRow,
  names: ReadonlyMap<string, string>,
): NodeNetwork['addresses'][number] {
  return { address, serverId, serverName: names.get(serverId) ?? null };
}

async function find(manager: EntityManager, nodeId: string, id: string): Promise<NodeNetworkRow> {
  const row = await manager.findOneBy(NodeNetworkEntity, { id, nodeId });
  if (!row) throw new AppError('not_found', 'This node has no such network');
  return row;
}

/** What the network would be, by the rules for a new one. Throws `invalid_input`. */
function checked({ name, kind, ...row }: NodeNetworkRow, changes: NodeNetworkChanges): NewNodeNetwork {
  const { parent, subnet, gateway, plugins } = row;
  const before = kind === 'cni' ? { plugins } : { parent, subnet, gateway };
  const { success, data, error } = NewNodeNetwork.safeParse({ name, kind, ...before, ...changes });
  if (success) return data;
  throw new AppError('invalid_input', `The network ${name} would not be valid`, { issues: toIssues(error) });
}

/** Throws `conflict` naming a pool that would not be in the subnet any more. */
async function assertPoolsFit(manager: EntityManager, { id, subnet }: NodeNetworkRow): Promise<void> {
  for (const { cidr } of await manager.findBy(IpPoolEntity, { networkId: id })) {
    if (subnet !== null && isSubnetIn(cidr, subnet)) continue;
    throw new AppError('conflict', `Its pool of addresses ${cidr} would not be in ${subnet}`);
  }
}

function settingsOf(input: NewNodeNetwork): Settings {
  if (input.kind === 'cni') return { parent: null, subnet: null, gateway: null, plugins: input.plugins };
  const { parent, subnet, gateway } = input;
  return {
    parent,
    subnet: canonicalSubnet(subnet),
    gateway: gateway === null ? null : canonicalAddress(gateway),
    plugins: null,
  };
}

function inUse(name: string, names: string[], count: number): AppError {
  const others = count > names.length ? ` and ${count - names.length} more` : '';
  return new AppError('conflict', `The network ${name} is used by ${names.join(', ')}${others}`);
}

/** TypeORM cannot describe a part of what is open to any setting. */
const storable = (row: NodeNetworkRow) => ({ ...row, plugins: row.plugins as never });
