import { AppError } from '@catalyst/shared/contract/errors';
import type { RuntimeName } from '@catalyst/shared/features/server-spec';
import type { Template } from '@catalyst/shared/features/templates';
import type { NodeRow } from './node.entity.ts';
import type { Allocated, TimedHealth } from './node-view.ts';

export interface Candidate {
  row: NodeRow;
  health: TimedHealth | null;
  allocated: Allocated;
}

/** The node with the most memory left that can run this and has room for it. The candidates are online. */
export function chooseNode(candidates: readonly Candidate[], template: Template, memoryMb: number): NodeRow {
  const able = candidates.filter(({ health }) => runtimeOn(health, template) !== null);
  if (able.length === 0) {
    throw new AppError('node_offline', `No node that can run ${template.name} is online`);
  }
  const best = able
    .map((candidate) => ({ ...candidate, freeMb: freeMemoryMb(candidate) }))
    .filter(({ freeMb }) => freeMb >= memoryMb)
    .sort((left, right) => right.freeMb - left.freeMb)[0];
  if (!best) throw new AppError('limit_reached', `No node has ${memoryMb} MB of memory left`);
  return best.row;
}

/** How the node would run it: in a container where both can; null when it cannot. */
export function runtimeOn(health: TimedHealth | null, template: Template): RuntimeName | null {
  // Before its first report a node is taken for one that can run processes, as every node can.
  const available = new Set(
    health ? health.runtimes.filter((one) => one.available).map(({ name }) => name) : ['process' as const],
  );
  if (available.has('containerd') && Object.keys(template.images).length > 0) return 'containerd';
  if (available.has('process') && template.processRuntime) return 'process';
  return available.has('fake') ? 'fake' : null;
}

function freeMemoryMb({ row, health, allocated }: Candidate): number {
  const total = row.maxMemoryMb ?? health?.memoryTotalMb ?? Number.MAX_SAFE_INTEGER;
  return total - allocated.memoryMb;
}
