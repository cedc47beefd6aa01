import type { Node } from '@catalyst/shared/features/nodes';

/** Memory of a node that is not promised to servers yet, in MiB; null when nobody knows how much it has. */
export function freeMemoryMb(node: Node): number | null {
  const total = node.maxMemoryMb ?? node.health?.memoryTotalMb ?? null;
  return total === null ? null : Math.max(0, Math.floor(total) - node.allocatedMemoryMb);
}

/** The node the panel would choose: online, with the most memory left. */
export function bestNode(nodes: readonly Node[]): Node | undefined {
  return nodes
    .filter(({ status }) => status === 'online')
    .toSorted(
      (a, b) => (freeMemoryMb(b) ?? Number.MAX_SAFE_INTEGER) - (freeMemoryMb(a) ?? Number.MAX_SAFE_INTEGER),
    )[0];
}
