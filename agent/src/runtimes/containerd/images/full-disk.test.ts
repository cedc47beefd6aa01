import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Containerd, startContainerd } from '../../../../../e2e/services/containerd.ts';
import { buildImage } from '../../../../../e2e/services/oci-image.ts';
import { ContainerdClient } from '../containerd-client.ts';
import type { ImageStore } from './image-store.ts';
import { StubRegistry } from './registry/stub-registry.ts';
import { collectGarbage, countAll, fileImage, nothing, openStore, stubImage } from './store-suite.ts';

const diskBytes = 48 * 1024 * 1024;
// A mount of the test's own: other programs of the machine do not see it.
const hasOwnMounts = process.env.CATALYST_TEST_NETWORK === 'private';
if (!hasOwnMounts)
  console.warn('Skipped: a full disk of containerd. It needs mounts of its own (npm test, as root).');

const disk = mkdtempSync(join(tmpdir(), 'catalyst-full-disk-'));
const containerd = hasOwnMounts ? await onSmallDisk() : undefined;

describe.skipIf(!containerd)('a full disk of containerd', () => {
  const { socketPath } = containerd as Containerd;
  let client: ContainerdClient;
  let images: ImageStore;
  let stub: StubRegistry;
  beforeEach(async () => {
    client = new ContainerdClient({ socketPath, namespace: 'tests' });
    images = openStore(client);
    stub = await StubRegistry.start();
  });
  afterEach(async () => {
    images.close();
    client.close();
    await stub[Symbol.asyncDispose]();
  });
  afterAll(async () => {
    await containerd?.stop();
    execFileSync('umount', ['--lazy', disk]);
    rmSync(disk, { recursive: true, force: true });
  });
  const freeBytes = () => {
    const { bavail, bsize } = statfsSync(disk);
    return bavail * bsize;
  };
  const full = expect.objectContaining({
    code: 'disk_full',
    message: expect.stringMatching(/disk .*is full/),
  });

  it('while an image is downloaded leaves nothing of it, and a smaller one still fits', async () => {
    const before = freeBytes();
    const large = stubImage(stub, fileImage([1_000_000, 60_000_000]), 'large');
    await expect(images.ensure(large)).rejects.toEqual(full);
    expect(await countAll(client)).toEqual(nothing);
    expect(before - freeBytes()).toBeLessThan(2_000_000);
    const small = stubImage(stub, fileImage([1_000_000]), 'small');
    await images.ensure(small);
    await images.remove(small);
    await collectGarbage(client);
  });

  it('while a layer that was packed very small is unpacked does the same', async () => {
    const before = freeBytes();
    const content = Buffer.alloc(100_000_000);
    const image = buildImage({ layers: [[{ name: 'zeros', type: 'file', content }]] });
    expect(gzipSync(content).length).toBeLessThan(1_000_000);
    await expect(images.ensure(stubImage(stub, image, 'bomb'))).rejects.toEqual(full);
    expect(await countAll(client)).toEqual(nothing);
    expect(before - freeBytes()).toBeLessThan(2_000_000);
  });
});

async function onSmallDisk(): Promise<Containerd | undefined> {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskBytes},mode=711`, 'tmpfs', disk]);
  const usual = process.env.TMPDIR;
  process.env.TMPDIR = disk;
  try {
    return await startContainerd({ programs: process.env.CATALYST_TEST_CONTAINERD });
  } finally {
    if (usual === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = usual;
  }
}
