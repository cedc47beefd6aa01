import { randomUUID } from 'node:crypto';
import { AppError } from '@catalyst/shared/contract/errors';
import { diffApi } from '../api/diff.ts';
import { leasesApi } from '../api/leases.ts';
import { snapshotsApi } from '../api/snapshots.ts';
import type { ContainerdClient } from '../containerd-client.ts';
import { GrpcCode, hasCode } from '../grpc/grpc-error.ts';
import type { Descriptor } from './image-manifest.ts';
import { KeyedQueue } from './keyed-queue.ts';

export interface Layer {
  descriptor: Descriptor;
  /** Digest of what is in it once unpacked. */
  diffId: string;
  /** Name of the snapshot of this layer on all below it. */
  chainId: string;
  /** Of the one below; empty for the lowest. */
  parent: string;
}

/** Unpacks layers into snapshots, each once, however many images it is part of. Rejects with what containerd answers. */
export class SnapshotUnpacker {
  readonly #client: ContainerdClient;
  readonly #snapshotter: string;
  readonly #unpacking = new KeyedQueue();

  constructor(client: ContainerdClient, snapshotter: string) {
    this.#client = client;
    this.#snapshotter = snapshotter;
  }

  async has(chainId: string): Promise<boolean> {
    try {
      await this.#client.call(snapshotsApi.stat, { snapshotter: this.#snapshotter, key: chainId });
      return true;
    } catch (error) {
      if (hasCode(error, GrpcCode.notFound)) return false;
      throw error;
    }
  }

  /** Makes sure that a layer's snapshot is there, under the lease; its content and the layer below must be. */
  unpack(layer: Layer, lease: string, signal: AbortSignal): Promise<void> {
    return this.#unpacking.run(layer.chainId, signal, async () => {
      const { chainId, parent } = layer;
      const snapshotter = this.#snapshotter;
      const key = `catalyst-unpack-${randomUUID()} ${chainId}`;
      const options = { lease, signal, timeoutMs: null };
      if (await this.#keep(chainId, lease)) return;
      const { mounts } = await this.#client.call(snapshotsApi.prepare, { snapshotter, key, parent }, options);
      try {
        const { applied } = await this.#client.call(
          diffApi.apply,
          { diff: layer.descriptor, mounts },
          options,
        );
        if (applied?.digest !== layer.diffId) {
          const sentence = 'A layer of the image holds something else than the image says; it was not kept.';
          throw new AppError('unavailable', sentence);
        }
        await this.#client.call(snapshotsApi.commit, { snapshotter, name: chainId, key }, options);
      } catch (error) {
        // The end of the lease removes it too, if this cannot.
        await this.#client.call(snapshotsApi.remove, { snapshotter, key }).catch(() => {});
        if (!hasCode(error, GrpcCode.alreadyExists)) throw error;
        await this.#keep(chainId, lease);
      }
    });
  }

  /** Whether it is there; then the lease holds it from now on. */
  async #keep(chainId: string, lease: string): Promise<boolean> {
    if (!(await this.has(chainId))) return false;
    const resource = { id: chainId, type: `snapshots/${this.#snapshotter}` };
    await this.#client.call(leasesApi.addResource, { id: lease, resource });
    return this.has(chainId);
  }
}
