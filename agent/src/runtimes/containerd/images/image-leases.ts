import { randomUUID } from 'node:crypto';
import { leaseExpiresLabel, leasesApi } from '../api/leases.ts';
import type { ContainerdClient } from '../containerd-client.ts';
import { GrpcCode, hasCode } from '../grpc/grpc-error.ts';

const prefix = 'catalyst-image-';
/** A net below the net: recovery at the agent's next start removes what a killed agent left. */
const lifetimeMs = 24 * 60 * 60 * 1000;

/** Keeps what makes up an image from being collected as garbage until its record refers to all of it. */
export class ImageLeases {
  readonly #client: ContainerdClient;
  readonly #held = new Set<string>();

  constructor(client: ContainerdClient) {
    this.#client = client;
  }

  /**
   * Holds a lease during a work. When it ends, what is not part of an image by then is removed: in containerd's own
   * time, or before this resolves when the work failed or `mayLeaveGarbage`.
   */
  async hold<T>(work: (lease: string) => Promise<T>, { mayLeaveGarbage = false } = {}): Promise<T> {
    const id = `${prefix}${randomUUID()}`;
    this.#held.add(id);
    try {
      const expires = new Date(Date.now() + lifetimeMs).toISOString();
      await this.#client.call(leasesApi.create, { id, labels: { [leaseExpiresLabel]: expires } });
      const result = await work(id);
      await this.#end(id, mayLeaveGarbage);
      return result;
    } catch (error) {
      // A daemon that is away keeps the lease until the next recovery; the first error is the one to tell.
      await this.#end(id, true).catch(() => {});
      throw error;
    } finally {
      this.#held.delete(id);
    }
  }

  /** Ends the leases of agents before this one; answers how many. */
  async endStale(): Promise<number> {
    const { leases } = await this.#client.call(leasesApi.list, {});
    const stale = leases.filter(({ id }) => id.startsWith(prefix) && !this.#held.has(id));
    for (const [index, { id }] of stale.entries()) await this.#end(id, index === stale.length - 1);
    return stale.length;
  }

  /** `sync` waits until what it held alone is gone. */
  async #end(id: string, sync: boolean): Promise<void> {
    await this.#client.call(leasesApi.delete, { id, sync }, { timeoutMs: 120_000 }).catch((error) => {
      if (!hasCode(error, GrpcCode.notFound)) throw error;
    });
  }
}
