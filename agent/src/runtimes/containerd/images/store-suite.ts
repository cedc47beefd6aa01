import { buildImage, type ImageContent, type OciImage } from '../../../../../e2e/services/oci-image.ts';
import { contentApi } from '../api/content.ts';
import { imagesApi } from '../api/images.ts';
import { leasesApi } from '../api/leases.ts';
import { snapshotsApi } from '../api/snapshots.ts';
import type { ContainerdClient } from '../containerd-client.ts';
import { maxManifestBytes } from './image-manifest.ts';
import { ImageStore, type ImageStoreOptions } from './image-store.ts';
import type { StubRegistry } from './registry/stub-registry.ts';

// What the tests of the store share.

export const snapshotter = 'overlayfs';

/** A store as an agent has it that may fetch from this machine, impatient. */
export function openStore(
  client: ContainerdClient,
  registries: ImageStoreOptions['registries'] = {},
): ImageStore {
  return new ImageStore({
    client,
    snapshotter,
    logger: { info() {} },
    registries: {
      allowedNetworks: ['127.0.0.0/8'],
      stallTimeoutMs: 1000,
      retryDelaysMs: [1, 1],
      ...registries,
    },
  });
}

/** An image of single files with bytes that do not compress; the same numbers give the same image. */
export function fileImage(sizesBytes: readonly number[], more: Partial<ImageContent> = {}): OciImage {
  const layers = sizesBytes.map((sizeBytes, index) => [
    { name: `file-${index}`, type: 'file' as const, content: noise(sizeBytes) },
  ]);
  return buildImage({ layers, ...more });
}

/** Puts an image into a stub; answers its reference. */
export function stubImage(stub: StubRegistry, image: OciImage, name: string, tag = 'latest'): string {
  for (const [digest, bytes] of image.blobs) {
    stub.put(`${name}/blobs/${digest}`, bytes);
    if (bytes.length > maxManifestBytes || bytes[0] !== '{'.charCodeAt(0)) continue;
    for (const version of digest === image.root.digest ? [digest, tag] : [digest]) {
      stub.put(`${name}/manifests/${version}`, bytes, JSON.parse(bytes.toString()).mediaType);
    }
  }
  return `${stub.host}/${name}:${tag}`;
}

/** All that containerd keeps, counted. */
export async function countAll(client: ContainerdClient) {
  const [images, leases, ingests] = await Promise.all([
    client.call(imagesApi.list, {}),
    client.call(leasesApi.list, {}),
    client.call(contentApi.listStatuses, {}),
  ]);
  let contents = 0;
  for await (const { info } of await client.stream(contentApi.list, {})) contents += info.length;
  let snapshots = 0;
  for await (const { info } of await client.stream(snapshotsApi.list, { snapshotter }))
    snapshots += info.length;
  return {
    images: images.images.length,
    leases: leases.leases.length,
    ingests: ingests.statuses.length,
    contents,
    snapshots,
  };
}

export const nothing = { images: 0, leases: 0, ingests: 0, contents: 0, snapshots: 0 };

/** Resolves when containerd has removed all that nothing refers to. */
export async function collectGarbage(client: ContainerdClient): Promise<void> {
  await client.call(leasesApi.create, { id: 'tests-garbage', labels: {} });
  await client.call(leasesApi.delete, { id: 'tests-garbage', sync: true });
}

function noise(sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  let state = sizeBytes;
  for (let at = 0; at + 4 <= sizeBytes; at += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes.writeUInt32LE(state, at);
  }
  return bytes;
}
