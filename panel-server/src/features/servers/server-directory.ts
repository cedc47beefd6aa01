import type { DataSource } from 'typeorm';
import { ServerEntity } from './server.entity.ts';

export interface ServerPlace {
  nodeId: string;
  ownerId: string;
}

/** Where every server is and whose, in memory: asked for each console batch and each request. */
export class ServerDirectory {
  readonly #places = new Map<string, ServerPlace>();

  async load(database: DataSource): Promise<void> {
    const rows = await database
      .getRepository(ServerEntity)
      .find({ select: { id: true, nodeId: true, ownerId: true } });
    for (const { id, nodeId, ownerId } of rows) this.add(id, { nodeId, ownerId });
  }

  find(serverId: string): ServerPlace | undefined {
    return this.#places.get(serverId);
  }

  add(serverId: string, place: ServerPlace): void {
    this.#places.set(serverId, place);
  }

  remove(serverId: string): void {
    this.#places.delete(serverId);
  }
}
