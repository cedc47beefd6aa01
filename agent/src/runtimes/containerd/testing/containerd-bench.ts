import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { busyboxImage } from '../../../../../e2e/services/busybox-image.ts';
import { type Containerd, startContainerd } from '../../../../../e2e/services/containerd.ts';
import { toOciArchive } from '../../../../../e2e/services/image-transport.ts';
import { removeSuiteCgroups } from '../../cgroups/suite-cgroups.ts';
import type { ContainerNetworks } from '../container-parts.ts';
import { snapshotter } from '../container-removal.ts';
import { ContainerdClient } from '../containerd-client.ts';
import { ContainerdRuntime } from '../containerd-runtime.ts';
import { ImageStore } from '../images/image-store.ts';

export const suiteImage = 'suite.invalid/catalyst/suite:latest';

/** Why tests are skipped where `ContainerdBench.open` gives none. */
export const needsContainerd = 'needs root, containerd, runc and busybox-static';

/** A containerd of the test's own with one image in it, and agents' runtimes over it. */
export class ContainerdBench {
  readonly containerd: Containerd;
  readonly prefix: string;
  readonly #runtimes: ContainerdRuntime[] = [];

  private constructor(containerd: Containerd, prefix: string) {
    this.containerd = containerd;
    this.prefix = prefix;
  }

  /** Undefined, with a printed reason, where there can be none. */
  static async open(name: string): Promise<ContainerdBench | undefined> {
    const image = busyboxImage();
    const containerd = image && (await startContainerd({ programs: process.env.CATALYST_TEST_CONTAINERD }));
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
    return new ContainerdBench(containerd, prefix);
  }

  client(): ContainerdClient {
    return new ContainerdClient({ socketPath: this.containerd.socketPath, namespace: this.prefix });
  }

  runtime(runRoot: string, networks: ContainerNetworks = hostNetworks): ContainerdRuntime {
    const runtime = suiteRuntime(this.client(), { runRoot, prefix: this.prefix, networks });
    this.#runtimes.push(runtime);
    return runtime;
  }

  async close(): Promise<void> {
    for (const runtime of this.#runtimes) runtime.close();
    await this.containerd.stop();
    removeSuiteCgroups(this.prefix);
  }
}

export interface SuiteRuntimeOptions {
  runRoot: string;
  prefix: string;
  networks?: ContainerNetworks;
  cgroupRoot?: string;
}

export function suiteRuntime(
  client: ContainerdClient,
  { prefix, networks = hostNetworks, ...options }: SuiteRuntimeOptions,
): ContainerdRuntime {
  const logger = { info: () => {}, warn: () => {} };
  const images = new ImageStore({ client, snapshotter, logger });
  return new ContainerdRuntime({ ...options, client, images, networks, cgroupPrefix: prefix });
}

/** Every server has the network of the test. */
export const hostNetworks: ContainerNetworks = {
  attach: async () => ({ namespacePath: null, addresses: [], resolvConf: '' }),
  publish: async () => {},
  unpublish: async () => {},
  detach: async () => {},
};
