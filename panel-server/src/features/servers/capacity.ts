import { AppError } from '@catalyst/shared/contract/errors';
import { type EntityManager, Not } from 'typeorm';
import type { NodeRow } from '../nodes/node.entity.ts';
import { ServerEntity, type ServerRow } from './server.entity.ts';

/** Throws `limit_reached` when the server would not fit beside the others. The node's row must be locked. */
export async function assertCapacity(
  manager: EntityManager,
  node: NodeRow,
  server: Pick<ServerRow, 'id' | 'allocatedMemoryMb' | 'allocatedCpuCores'>,
): Promise<void> {
  if (node.maxMemoryMb === null && node.maxCpuCores === null) return;
  const others = await manager.find(ServerEntity, {
    where: { nodeId: node.id, id: Not(server.id) },
    select: { id: true, allocatedMemoryMb: true, allocatedCpuCores: true },
  });
  const memoryMb = others.reduce((sum, one) => sum + one.allocatedMemoryMb, server.allocatedMemoryMb);
  const cpuCores = others.reduce((sum, one) => sum + one.allocatedCpuCores, server.allocatedCpuCores);
  if (node.maxMemoryMb !== null && memoryMb > node.maxMemoryMb) {
    throw full(node, `${node.maxMemoryMb} MB of memory`);
  }
  if (node.maxCpuCores !== null && cpuCores > node.maxCpuCores) throw full(node, `${node.maxCpuCores} cores`);
}

const full = ({ name }: NodeRow, limit: string) =>
  new AppError('limit_reached', `The node ${name} has ${limit}, and not that much is left`);
