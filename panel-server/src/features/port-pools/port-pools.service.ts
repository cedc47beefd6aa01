import { AppError } from '@catalyst/shared/contract/errors';
import type { NewPortPools, PortPool, PortPoolChanges } from '@catalyst/shared/features/port-pools';
import {
  countPorts,
  isInRanges,
  parsePortRanges,
  sharedPorts,
  writePortRanges,
} from '@catalyst/shared/features/port-ranges';
import { addressesMeet, canonicalAddress, isEveryAddress } from '@catalyst/shared/features/subnets';
import { type DataSource, type EntityManager, IsNull } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { inTransaction } from '../../database/sqlite-gate.ts';
import type { Revocations } from '../../revocations.ts';
import type { NodeIndex } from '../nodes/node-index.ts';
import { lockNode } from '../nodes/node-placement.ts';
import { AllocationEntity } from '../servers/allocation.entity.ts';
import { poolsOf } from './node-port-pools.ts';
import { PortPoolEntity, type PortPoolRow } from './port-pool.entity.ts';

interface PortPoolsParts {
  database: DataSource;
  nodeIndex: NodeIndex;
  revocations: Revocations;
}

/** The ports of each node that its servers are given. What they have stays theirs, whatever becomes of the pools. */
export class PortPoolsService {
  readonly #database: DataSource;
  readonly #nodeIndex: NodeIndex;
  readonly #revocations: Revocations;

  constructor({ database, nodeIndex, revocations }: PortPoolsParts) {
    this.#database = database;
    this.#nodeIndex = nodeIndex;
    this.#revocations = revocations;
  }

  async list(nodeId: string): Promise<{ items: PortPool[]; nextCursor: null }> {
    this.#assertNode(nodeId);
    return { items: await this.#describe(nodeId, await poolsOf(this.#database, nodeId)), nextCursor: null };
  }

  /** All of them or none. */
  async create(nodeId: string, { ips, ports, alias, notes }: NewPortPools): Promise<{ items: PortPool[] }> {
    this.#assertNode(nodeId);
    const now = new Date();
    const ranges = parsePortRanges(ports);
    const rows = ips.map(
      (ip): PortPoolRow => ({
        ...{ id: uuid(), nodeId, ip: canonical(ip), ranges, alias, notes, createdAt: now, updatedAt: now },
      }),
    );
    await inTransaction(this.#database, async (manager) => {
      await lockNode(manager, nodeId);
      for (const row of rows) {
        await assertApart(manager, row);
        await manager.insert(PortPoolEntity, row);
      }
    });
    this.#tellAll(nodeId);
    return { items: await this.#describe(nodeId, rows) };
  }

  async update(nodeId: string, id: string, { ip, ports, ...texts }: PortPoolChanges): Promise<PortPool> {
    this.#assertNode(nodeId);
    const row = await inTransaction(this.#database, async (manager) => {
      await lockNode(manager, nodeId);
      const changes = {
        ...texts,
        ...(ip !== undefined && { ip: canonical(ip) }),
        ...(ports !== undefined && { ranges: parsePortRanges(ports) }),
        updatedAt: new Date(),
      };
      const after = { ...(await find(manager, nodeId, id)), ...changes };
      await assertApart(manager, after);
      await manager.update(PortPoolEntity, { id }, changes);
      return after;
    });
    this.#tellAll(nodeId);
    return (await this.#describe(nodeId, [row]))[0] as PortPool;
  }

  async delete(nodeId: string, id: string): Promise<void> {
    this.#assertNode(nodeId);
    await inTransaction(this.#database, async (manager) => {
      await lockNode(manager, nodeId);
      await find(manager, nodeId, id);
      await manager.delete(PortPoolEntity, { id });
    });
    this.#tellAll(nodeId);
  }

  /** A pool's host name is in what every panel says of the servers. */
  #tellAll(nodeId: string): void {
    this.#revocations.emit({ kind: 'node-settings', nodeId, reason: 'The pools of the node changed' });
  }

  #assertNode(id: string): void {
    if (!this.#nodeIndex.find(id)) throw new AppError('not_found', 'There is no such node');
  }

  async #describe(nodeId: string, rows: readonly PortPoolRow[]): Promise<PortPool[]> {
    const allocations = await this.#database
      .getRepository(AllocationEntity)
      .find({ where: { nodeId, networkId: IsNull() }, select: { ip: true, port: true } });
    return rows.map(({ ranges, ...row }) => {
      const used = new Set(
        allocations
          .filter(({ ip, port }) => addressesMeet(ip, row.ip) && isInRanges(port, ranges))
          .map(({ port }) => port),
      );
      const portCount = countPorts(ranges);
      return { ...row, ports: writePortRanges(ranges), portCount, freeCount: portCount - used.size };
    });
  }
}

const canonical = (ip: string) => canonicalAddress(ip) ?? ip;

async function find(manager: EntityManager, nodeId: string, id: string): Promise<PortPoolRow> {
  const row = await manager.findOneBy(PortPoolEntity, { id, nodeId });
  if (!row) throw new AppError('not_found', 'This node has no such pool of ports');
  return row;
}

/** Throws `conflict` naming the pool that has the same ports of the same address. */
async function assertApart(manager: EntityManager, { id, nodeId, ip, ranges }: PortPoolRow): Promise<void> {
  for (const other of await poolsOf(manager, nodeId)) {
    if (other.id === id || !addressesMeet(ip, other.ip)) continue;
    const shared = sharedPorts(ranges, other.ranges);
    if (shared.length === 0) continue;
    const where = isEveryAddress(other.ip) ? 'all addresses' : other.ip;
    const message = `${writePortRanges(shared)} is in the pool ${writePortRanges(other.ranges)} of ${where} already`;
    throw new AppError('conflict', message, { issues: [{ path: 'ports', message }] });
  }
}
