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
export function chooseNode(
  candidates: readonly Candidate[],
  template: Template,
  memoryMb: number,
  runtime?: RuntimeName,
): NodeRow {
  const able = candidates.filter(({ health }) => runtimeOn(health, template, runtime) !== null);
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

/** How the node would run it: as asked, else in a container where both can; null when it cannot. */
export function runtimeOn(
  health: TimedHealth | null,
  template: Template,
  asked?: RuntimeName,
): RuntimeName | null {
  // Before its first report a node is taken for one that can run processes, as every node can.
  const available = new Set(
    health ? health.runtimes.filter((one) => one.available).map(({ name }) => name) : ['process' as const],
  );
  const possible = (['containerd', 'process', 'fake'] as const).filter(
    (name) => available.has(name) && suits(template, name),
  );
  return (asked === undefined ? possible[0] : possible.find((name) => name === asked)) ?? null;
}

/** Whether servers of this template can run so, wherever they are. */
export function suits(template: Template, runtime: RuntimeName): boolean {
  if (runtime === 'containerd') return Object.keys(template.images).length > 0;
  return runtime === 'fake' || template.processRuntime;
}

function freeMemoryMb({ row, health, allocated }: Candidate): number {
  const total = row.maxMemoryMb ?? health?.memoryTotalMb ?? Number.MAX_SAFE_INTEGER;
  return total - allocated.memoryMb;
}
