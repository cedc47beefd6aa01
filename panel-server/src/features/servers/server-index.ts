import type { DataSource } from 'typeorm';
import { ServerEntity } from './server.entity.ts';

interface ServerPlace {
  name: string;
  nodeId: string;
  ownerId: string;
}

/** What every server is called, where it is and whose, in memory: asked for each console batch and each request. */
export class ServerIndex {
  readonly #places = new Map<string, ServerPlace>();

  static async load(database: DataSource): Promise<ServerIndex> {
    const index = new ServerIndex();
    const rows = await database
      .getRepository(ServerEntity)
      .find({ select: { id: true, name: true, nodeId: true, ownerId: true } });
    for (const row of rows) index.add(row);
    return index;
  }

  find(serverId: string): ServerPlace | undefined {
    return this.#places.get(serverId);
  }

  /** Also when something of it has changed. */
  add({ id, name, nodeId, ownerId }: ServerPlace & { id: string }): void {
    this.#places.set(id, { name, nodeId, ownerId });
  }

  on(nodeId: string): { id: string; ownerId: string }[] {
    return [...this.#places].flatMap(([id, place]) =>
      place.nodeId === nodeId ? { id, ownerId: place.ownerId } : [],
    );
  }

  remove(serverId: string): void {
    this.#places.delete(serverId);
  }
}
