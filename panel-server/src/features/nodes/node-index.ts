import type { DataSource } from 'typeorm';
import { NodeEntity, type NodeRow } from './node.entity.ts';
import type { TimedHealth } from './node-view.ts';

/** All nodes, in memory: there are few, and every server's description names one. */
export class NodeIndex {
  readonly #rows = new Map<string, NodeRow>();
  readonly #health = new Map<string, TimedHealth>();

  static async load(database: DataSource): Promise<NodeIndex> {
    const index = new NodeIndex();
    for (const row of await database.getRepository(NodeEntity).find()) index.set(row);
    return index;
  }

  /** As it is in the database now. */
  async refresh(database: DataSource, nodeId: string): Promise<void> {
    const row = await database.getRepository(NodeEntity).findOneBy({ id: nodeId });
    if (row) this.set(row);
    else this.remove(nodeId);
  }

  /** Oldest first. */
  all(): NodeRow[] {
    return [...this.#rows.values()].sort((left, right) => (left.id < right.id ? -1 : 1));
  }

  find(nodeId: string): NodeRow | undefined {
    return this.#rows.get(nodeId);
  }

  set(row: NodeRow): void {
    this.#rows.set(row.id, row);
  }

  remove(nodeId: string): void {
    this.#rows.delete(nodeId);
    this.#health.delete(nodeId);
  }

  healthOf(nodeId: string): TimedHealth | null {
    return this.#health.get(nodeId) ?? null;
  }

  setHealth(nodeId: string, health: TimedHealth): void {
    this.#health.set(nodeId, health);
  }
}
