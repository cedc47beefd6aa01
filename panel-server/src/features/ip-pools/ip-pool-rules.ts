import { AppError } from '@catalyst/shared/contract/errors';
import type { IpPool, NewIpPool } from '@catalyst/shared/features/ip-pools';
import {
  addressIssue,
  canonicalAddress,
  canonicalSubnet,
  countAddresses,
  isInRange,
  isInSubnet,
  isSubnetIn,
  rangesMeet,
  usableRange,
} from '@catalyst/shared/features/subnets';
import type { EntityManager } from 'typeorm';
import type { NetworkAddressRow } from '../networks/network-address.entity.ts';
import type { NodeNetworkRow } from '../networks/node-network.entity.ts';
import { IpPoolEntity, type IpPoolRow } from './ip-pool.entity.ts';

type Settings = Pick<IpPoolRow, 'cidr' | 'startIp' | 'endIp' | 'reserved'>;

/** What is kept of a pool that does not contradict itself. Throws `invalid_input` for what the network has no room for. */
export function poolOf(
  { name, subnet, gateway }: NodeNetworkRow,
  input: Omit<NewIpPool, 'nodeId' | 'networkName'>,
): Settings {
  if (subnet === null) throw invalid('networkName', `The plugins of ${name} give addresses`);
  const cidr = canonicalSubnet(input.cidr) ?? input.cidr;
  if (!isSubnetIn(cidr, subnet)) throw invalid('cidr', `must be in ${subnet}, the subnet of ${name}`);
  if (input.gateway && gateway === null) {
    throw invalid('gateway', `The network ${name} has no gateway; give it one first`);
  }
  if (input.gateway && canonicalAddress(input.gateway) !== gateway) {
    throw invalid('gateway', `must be the gateway of ${name}, ${gateway}`);
  }
  const usable = usableRange(cidr);
  return {
    cidr,
    startIp: canonical(input.startIp ?? usable?.startIp ?? ''),
    endIp: canonical(input.endIp ?? usable?.endIp ?? ''),
    reserved: [...new Set(input.reserved.map(canonical))],
  };
}

/** Throws `conflict` naming the pool of the node that has the same addresses: one node gives an address once. */
export async function assertApart(manager: EntityManager, pool: IpPoolRow): Promise<void> {
  const others = await manager.findBy(IpPoolEntity, { nodeId: pool.nodeId });
  const other = others.find((one) => one.id !== pool.id && rangesMeet(one, pool));
  if (!other) return;
  const message = `${pool.startIp} to ${pool.endIp} overlaps the pool ${other.cidr}, ${other.startIp} to ${other.endIp}`;
  throw new AppError('conflict', message, { issues: [{ path: 'cidr', message }] });
}

export function describePool(
  pool: IpPoolRow,
  network: NodeNetworkRow,
  held: readonly NetworkAddressRow[],
  serverNames: ReadonlyMap<string, string>,
): IpPool {
  const { name, gateway } = network;
  return {
    ...pool,
    networkName: name,
    gateway: gateway !== null && isInSubnet(gateway, pool.cidr) ? gateway : null,
    used: held
      .filter(({ address }) => isInRange(address, pool))
      .map(({ address, serverId }) => ({ address, serverId, serverName: serverNames.get(serverId) ?? null })),
    freeCount: freeAddresses(pool, network, held),
  };
}

/** How many of its addresses can still be given; not exact above 2^53. */
export function freeAddresses(
  pool: IpPoolRow,
  { subnet, gateway }: NodeNetworkRow,
  held: readonly NetworkAddressRow[],
): number {
  // Of those that no machine can have, only these can be in a range of the subnet.
  const unusable = [gateway ?? '', pool.startIp, pool.endIp].filter(
    (address) => subnet !== null && addressIssue(address, { subnet, gateway }) !== null,
  );
  const notFree = new Set(
    [...held.map(({ address }) => address), ...pool.reserved, ...unusable].filter((address) =>
      isInRange(address, pool),
    ),
  );
  return Number(countAddresses(pool) - BigInt(notFree.size));
}

const canonical = (address: string) => canonicalAddress(address) ?? address;

function invalid(path: string, message: string): AppError {
  return new AppError('invalid_input', message, { issues: [{ path, message }] });
}
