import { execFileSync } from 'node:child_process';
import { busyboxImage } from '../../e2e/services/busybox-image.ts';
import { startContainerd } from '../../e2e/services/containerd.ts';
import { pushImage } from '../../e2e/services/image-transport.ts';
import { startRegistry } from '../../e2e/services/registry.ts';
import { contentApi } from '../src/runtimes/containerd/api/content.ts';
import { leasesApi } from '../src/runtimes/containerd/api/leases.ts';
import { ContainerdClient } from '../src/runtimes/containerd/containerd-client.ts';
import { ImageStore } from '../src/runtimes/containerd/images/image-store.ts';

// A pull of a 200 MB image from a registry on the loopback, against `ctr pull` of the same containerd, taking turns.
const rounds = Number(process.argv[2] ?? 7);
const namespace = 'bench';
const snapshotter = 'overlayfs';

const containerd = await startContainerd();
const registry = await startRegistry();
const image = busyboxImage({ ballastBytes: [20, 40, 60, 80].map((megabytes) => megabytes * 1_000_000) });
if (!containerd || !registry || !image) process.exit(1);
const { socketPath } = containerd;
const client = new ContainerdClient({ socketPath, namespace });
const images = new ImageStore({
  client,
  snapshotter,
  logger: { info() {} },
  registries: { allowedNetworks: ['127.0.0.0/8'] },
});
const times: Record<string, number[]> = {};

try {
  const reference = await pushImage(image, registry, 'game');
  const packedBytes = [...image.blobs.values()].reduce((sum, { length }) => sum + length, 0);
  console.log(`containerd ${containerd.version}, image of ${(packedBytes / 1e6).toFixed(0)} MB in 5 layers`);
  for (let round = 0; round < rounds; round++) {
    // Whoever is second finds a busier disk or a warmer cache.
    const turns = round % 2 === 0 ? [pullOurs, pullByCtr] : [pullByCtr, pullOurs];
    for (const pull of turns) await pull(reference);
  }
  const [ours, byCtr] = ['ours', 'ctr pull'].map((name) => report(name));
  console.log(`ours / ctr pull: ${((ours ?? 0) / (byCtr ?? 1)).toFixed(2)} (target: at most 1.3)`);
  await images.ensure(reference);
  for (let round = 0; round < 200; round++)
    await measure('image already here', () => images.ensure(reference));
  report('image already here');
} finally {
  images.close();
  client.close();
  await registry.stop();
  await containerd.stop();
}

async function pullOurs(reference: string): Promise<void> {
  await measure('ours', () => images.ensure(reference));
  await images.remove(reference);
  await requireEmpty();
}

async function pullByCtr(reference: string): Promise<void> {
  const ctr = (...args: string[]) =>
    execFileSync('ctr', ['--address', socketPath, '--namespace', namespace, 'images', ...args], {
      stdio: 'pipe',
    });
  await measure('ctr pull', async () => ctr('pull', '--plain-http', '--snapshotter', snapshotter, reference));
  ctr('rm', '--sync', reference);
  await requireEmpty();
}

/** Else the next pull would find something that is there already. */
async function requireEmpty(): Promise<void> {
  execFileSync('sync');
  await client.call(leasesApi.create, { id: 'garbage', labels: {} });
  await client.call(leasesApi.delete, { id: 'garbage', sync: true });
  for await (const { info } of await client.stream(contentApi.list, {})) {
    if (info.length > 0) throw new Error('Something of the last pull is left');
  }
}

async function measure(name: string, work: () => Promise<unknown>): Promise<void> {
  const start = performance.now();
  await work();
  times[name] = [...(times[name] ?? []), performance.now() - start];
}

/** Answers the median. */
function report(name: string): number {
  const sorted = [...(times[name] ?? [])].sort((a, b) => a - b);
  const quantile = (part: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
  const [p10, p50, p90] = [0.1, 0.5, 0.9].map((part) => quantile(part).toFixed(1).padStart(8));
  console.log(`${name.padEnd(20)} p50 ${p50} ms   [p10 ${p10}, p90 ${p90}]   ${sorted.length} rounds`);
  return quantile(0.5);
}
