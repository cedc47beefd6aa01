import { AppError } from '@catalyst/shared/contract/errors';
import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { isUniqueViolation } from '../../database/database-errors.ts';
import { ServerEntity, type ServerRow } from '../servers/server.entity.ts';
import { NetworkAddressEntity } from './network-address.entity.ts';
import { chooseNetwork } from './network-choice.ts';
import type { NodeNetworkRow } from './node-network.entity.ts';

type Place = Pick<ServerRow, 'id' | 'nodeId' | 'runtime' | 'networkMode' | 'networkId' | 'staticIp'>;

/**
 * Gives a server its address and takes its former one back, in a transaction that holds the node. Answers the network as
 * it is now. Throws `conflict` naming whose the address is, or when the network has changed or gone meanwhile.
 */
export async function joinNetwork(manager: EntityManager, server: Place): Promise<NodeNetworkRow | null> {
  const { id: serverId, nodeId, networkId, staticIp: address } = server;
  await manager.delete(NetworkAddressEntity, { serverId });
  if (networkId === null) return null;
  const { network } = await chooseNetwork(manager, server, server);
  if (network?.id !== networkId)
    throw new AppError('conflict', `${server.networkMode} was made anew; try again`);
  if (address === null) return network;
  const taken = await manager.findOneBy(NetworkAddressEntity, { nodeId, address });
  if (taken) throw addressTaken(address, await holderName(manager, taken.serverId));
  try {
    await manager.insert(NetworkAddressEntity, { id: uuid(), nodeId, networkId, address, serverId });
  } catch (error) {
    throw isUniqueViolation(error) ? addressTaken(address, 'another server') : error;
  }
  return network;
}

/** A deleted server whose node is away keeps what it has. */
async function holderName(manager: EntityManager, serverId: string): Promise<string> {
  const server = await manager.findOneBy(ServerEntity, { id: serverId });
  return server ? `the server "${server.name}"` : 'a deleted server that its node has not removed yet';
}

function addressTaken(address: string, holder: string): AppError {
  const message = `The address ${address} is used by ${holder}`;
  return new AppError('conflict', message, { issues: [{ path: 'staticIp', message }] });
}
