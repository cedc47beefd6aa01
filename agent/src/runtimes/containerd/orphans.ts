import { containersApi } from './api/containers.ts';
import { removeContainer } from './container-removal.ts';
import type { ContainerdClient } from './containerd-client.ts';

const serverLabel = 'catalyst/server';
const startLabel = 'catalyst/start';

/** By them a container says whose it is. */
export function containerLabels(serverId: string, startId: string): Record<string, string> {
  return { [serverLabel]: serverId, [startLabel]: startId };
}

export interface OrphansParts {
  client: ContainerdClient;
  /** Whether there is, or may be, such a start. */
  isKnown(serverId: string, startId: string): boolean;
  removeGroup(containerId: string): Promise<boolean> | undefined;
  logger: { warn(fields: object, message: string): void } | undefined;
}

/** Containers of starts that nobody remembers: an agent was killed, or containerd was away, before they were removed. */
export class Orphans {
  readonly #parts: OrphansParts;
  #hasLooked = false;
  #looking: Promise<void> | null = null;

  constructor(parts: OrphansParts) {
    this.#parts = parts;
  }

  /** Once, beside everything else, as soon as containerd can be asked. */
  look(): void {
    if (this.#hasLooked || this.#looking) return;
    this.#looking = this.#removeAll()
      .then(
        () => {
          this.#hasLooked = true;
        },
        () => {},
      )
      .finally(() => {
        this.#looking = null;
      });
  }

  /** There may be new ones. */
  lookAgain(): void {
    this.#hasLooked = false;
    this.look();
  }

  async #removeAll(): Promise<void> {
    const { client, isKnown, removeGroup, logger } = this.#parts;
    const { containers } = await client.call(containersApi.list, { filters: [`labels."${startLabel}"`] });
    for (const { id, labels } of containers) {
      if (isKnown(labels[serverLabel] ?? '', labels[startLabel] ?? '')) continue;
      logger?.warn({ containerId: id }, 'A container that no server knows is removed');
      await removeContainer(client, id);
      await removeGroup(id);
    }
  }
}
