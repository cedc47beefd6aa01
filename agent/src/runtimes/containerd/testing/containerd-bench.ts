import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { busyboxImage } from '../../../../../e2e/services/busybox-image.ts';
import { type Containerd, startContainerd } from '../../../../../e2e/services/containerd.ts';
import { toOciArchive } from '../../../../../e2e/services/image-transport.ts';
import { sha256 } from '../../../../../e2e/services/oci-image.ts';
import { removeSuiteCgroups } from '../../cgroups/suite-cgroups.ts';
import type { ContainerImages, ContainerNetworks } from '../container-parts.ts';
import { ContainerdClient } from '../containerd-client.ts';
import { ContainerdRuntime } from '../containerd-runtime.ts';

export const suiteImage = 'suite.invalid/catalyst/suite:latest';

/** A containerd of the test's own with one image in it, and agents' runtimes over it. */
export class ContainerdBench {
  readonly containerd: Containerd;
  readonly prefix: string;
  readonly #images: ContainerImages;
  readonly #runtimes: ContainerdRuntime[] = [];

  private constructor(containerd: Containerd, images: ContainerImages, prefix: string) {
    this.containerd = containerd;
    this.#images = images;
    this.prefix = prefix;
  }

  /** Undefined, with a printed reason, where there can be none. */
  static async open(name: string): Promise<ContainerdBench | undefined> {
    const image = busyboxImage();
    const containerd = image && (await startContainerd());
    if (!image || !containerd) return undefined;
    const prefix = `catalyst-${name}-${process.pid}`;
    const archive = join(containerd.folder, 'suite.tar');
    await writeFile(archive, toOciArchive(image, suiteImage));
    await promisify(execFile)('ctr', [
      '-a',
      containerd.socketPath,
      '-n',
      prefix,
      'images',
      'import',
      archive,
    ]);
    await rm(archive);
    const manifest = JSON.parse(String(image.blobs.get(image.root.digest)));
    const config = JSON.parse(String(image.blobs.get(manifest.config.digest)));
    const chainId = (config.rootfs.diff_ids as string[]).reduce((below, layer) =>
      sha256(Buffer.from(`${below} ${layer}`)),
    );
    const ready = { chainId, config: { env: config.config.Env } };
    const find = async (reference: string) => (reference === suiteImage ? ready : null);
    const images: ContainerImages = { find, ensure: async () => ready };
    return new ContainerdBench(containerd, images, prefix);
  }

  client(): ContainerdClient {
    return new ContainerdClient({ socketPath: this.containerd.socketPath, namespace: this.prefix });
  }

  runtime(runRoot: string, networks: ContainerNetworks = hostNetworks): ContainerdRuntime {
    const runtime = new ContainerdRuntime({
      runRoot,
      client: this.client(),
      images: this.#images,
      networks,
      cgroupPrefix: this.prefix,
      logger: { warn: (fields, message) => console.warn(message, fields) },
    });
    this.#runtimes.push(runtime);
    return runtime;
  }

  async close(): Promise<void> {
    for (const runtime of this.#runtimes) runtime.close();
    await this.containerd.stop();
    removeSuiteCgroups(this.prefix);
  }
}

/** Every server has the network of the test. */
export const hostNetworks: ContainerNetworks = {
  attach: async () => ({ namespacePath: null, addresses: [], resolvConf: '' }),
  publish: async () => {},
  unpublish: async () => {},
  detach: async () => {},
};
