import { AppError } from '@catalyst/shared/contract/errors';
import { addressIssue, firstUsable } from '@catalyst/shared/features/subnets';
import { type EntityManager, Not } from 'typeorm';
import { NetworkAddressEntity } from '../networks/network-address.entity.ts';
import type { NodeNetworkRow } from '../networks/node-network.entity.ts';
import { IpPoolEntity } from './ip-pool.entity.ts';

/**
 * Finds the first free address of a network's pools, in a transaction that holds the node, and writes it into the server,
 * whose it is when that has joined the network. Throws `limit_reached` when none is left.
 */
export function addressFinder(network: NodeNetworkRow, server: { id: string; staticIp: string | null }) {
  return async (manager: EntityManager): Promise<string> => {
    const address = await firstFree(manager, network, server.id);
    server.staticIp = address;
    return address;
  };
}

async function firstFree(manager: EntityManager, network: NodeNetworkRow, serverId: string): Promise<string> {
  const { id: networkId, nodeId, name, gateway } = network;
  const subnet = network.subnet ?? '';
  const held = await manager.findBy(NetworkAddressEntity, { nodeId, serverId: Not(serverId) });
  const taken = new Set(held.map(({ address }) => address));
  const pools = await manager.find(IpPoolEntity, { where: { networkId }, order: { id: 'ASC' } });
  for (const pool of pools) {
    const reserved = new Set(pool.reserved);
    const address = firstUsable(
      pool,
      (each) => !taken.has(each) && !reserved.has(each) && addressIssue(each, { subnet, gateway }) === null,
    );
    if (address !== null) return address;
  }
  const message = `The pools of ${name} have no free address left`;
  throw new AppError('limit_reached', message, { issues: [{ path: 'staticIp', message }] });
}
