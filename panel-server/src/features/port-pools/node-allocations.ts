import { AppError } from '@catalyst/shared/contract/errors';
import type { Page } from '@catalyst/shared/contract/values';
import type { PortAllocation } from '@catalyst/shared/features/port-pools';
import { type DataSource, In } from 'typeorm';
import { NodeNetworkEntity } from '../networks/node-network.entity.ts';
import type { NodeIndex } from '../nodes/node-index.ts';
import { AllocationEntity, type AllocationRow } from '../servers/allocation.entity.ts';
import { ServerEntity } from '../servers/server.entity.ts';
import { poolsOf, poolWith } from './node-port-pools.ts';

/** Which ports of a node servers have. */
export class NodeAllocations {
  readonly #database: DataSource;
  readonly #nodeIndex: NodeIndex;

  constructor({ database, nodeIndex }: { database: DataSource; nodeIndex: NodeIndex }) {
    this.#database = database;
    this.#nodeIndex = nodeIndex;
  }

  /** By number; a cursor is the place of the last one before. */
  async list(
    nodeId: string,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ): Promise<Page<PortAllocation>> {
    if (!this.#nodeIndex.find(nodeId)) throw new AppError('not_found', 'There is no such node');
    const rows = await this.#database
      .getRepository(AllocationEntity)
      .find({ where: { nodeId }, order: { id: 'ASC' } });
    const pairs = Map.groupBy(rows, ({ serverId, position }) => `${serverId} ${position}`);
    const all = [...pairs.values()].sort(([one], [other]) => compare(placeOf(one), placeOf(other)));
    const after = cursor === undefined ? all : all.filter(([one]) => compare(placeOf(one), cursor) > 0);
    const page = after.slice(0, limit);
    return {
      items: await this.#describe(nodeId, page),
      nextCursor: after.length > limit ? placeOf(page.at(-1)?.[0]) : null,
    };
  }

  async #describe(nodeId: string, pairs: readonly AllocationRow[][]): Promise<PortAllocation[]> {
    const firsts = pairs.flatMap(([first]) => first ?? []);
    const servers = await this.#database
      .getRepository(ServerEntity)
      .find({ where: { id: In(firsts.map(({ serverId }) => serverId)) }, select: { id: true, name: true } });
    const networks = await this.#database.getRepository(NodeNetworkEntity).findBy({ nodeId });
    const serverNames = new Map(servers.map(({ id, name }) => [id, name]));
    const networkNames = new Map(networks.map(({ id, name }) => [id, name]));
    const pools = await poolsOf(this.#database, nodeId);
    return pairs.flatMap(([first, second]) => {
      if (!first) return [];
      const { ip, port, targetPort, name, serverId, networkId } = first;
      return {
        ...{ ip, port, targetPort, name, serverId },
        protocol: second ? ('both' as const) : first.protocol,
        serverName: serverNames.get(serverId) ?? null,
        networkName: networkId === null ? null : (networkNames.get(networkId) ?? null),
        poolId: networkId === null ? (poolWith(pools, first)?.id ?? null) : null,
      };
    });
  }
}

const placeOf = (row: AllocationRow | undefined) => `${row?.port}-${row?.id}`;

function compare(one: string, other: string): number {
  const [a, b] = [Number.parseInt(one, 10), Number.parseInt(other, 10)];
  if (a !== b) return a - b;
  return one < other ? -1 : one > other ? 1 : 0;
}
