import { isInRanges } from '@catalyst/shared/features/port-ranges';
import { addressesMeet, isEveryAddress } from '@catalyst/shared/features/subnets';
import type { Database } from '../servers/server-store.ts';
import { PortPoolEntity, type PortPoolRow } from './port-pool.entity.ts';

/** In the order in which ports are chosen from them. */
export function poolsOf(database: Database, nodeId: string): Promise<PortPoolRow[]> {
  return database.getRepository(PortPoolEntity).find({ where: { nodeId }, order: { id: 'ASC' } });
}

/** Whether ports of this address can come from the pool: those of one address also from a pool of all. */
export function isOfPool(ip: string, pool: Pick<PortPoolRow, 'ip'>): boolean {
  return pool.ip === ip || (isEveryAddress(pool.ip) && !isEveryAddress(ip) && addressesMeet(pool.ip, ip));
}

export function poolWith<Pool extends Pick<PortPoolRow, 'ip' | 'ranges'>>(
  pools: readonly Pool[],
  { ip, port }: { ip: string; port: number },
): Pool | undefined {
  return pools.find((pool) => isOfPool(ip, pool) && isInRanges(port, pool.ranges));
}
