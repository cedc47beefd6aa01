import { execFile } from 'node:child_process';
import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Template } from '@catalyst/shared/features/templates';
import type { z } from 'zod';
import { Product } from './product.ts';
import { containerTraces } from './services/container-traces.ts';
import { type Containerd, startContainerd } from './services/containerd.ts';
import { pushImage } from './services/image-transport.ts';
import type { OciImage } from './services/oci-image.ts';
import { type PublicAddress, publish } from './services/public-address.ts';
import { type Registry, startRegistry } from './services/registry.ts';

/** Where the product looks by itself. The folder is empty in a private network namespace. */
const usualSocket = '/run/containerd/containerd.sock';

/** A machine with containerd, a registry on the internet, and the product, which has not been started yet. */
export class ContainerMachine {
  readonly containerd: Containerd;
  readonly registry: Registry;
  readonly internet: PublicAddress;
  readonly product: Product;

  private constructor(containerd: Containerd, registry: Registry, internet: PublicAddress, product: Product) {
    this.containerd = containerd;
    this.registry = registry;
    this.internet = internet;
    this.product = product;
  }

  /** A sentence where there can be none. */
  static async open(environment: Record<string, string> = {}): Promise<ContainerMachine | string> {
    if (process.env.CATALYST_TEST_NETWORK !== 'private') {
      return 'Servers get networks only in a private network namespace: scripts/in-private-network.sh';
    }
    const containerd = await startContainerd();
    const registry = containerd && (await startRegistry());
    const internet = registry && (await publish(registry.host));
    if (!containerd || !registry || !internet) {
      await registry?.stop();
      await containerd?.stop();
      return 'containerd, runc, docker-registry or openssl is missing';
    }
    await symlink(containerd.socketPath, usualSocket);
    const product = await Product.create({
      ...environment,
      NODE_EXTRA_CA_CERTS: internet.certificatePath,
    });
    return new ContainerMachine(containerd, registry, internet, product);
  }

  /** Gives the reference by which the product finds it. */
  async push(image: OciImage, name: string): Promise<string> {
    const { host } = this.registry;
    return (await pushImage(image, this.registry, name)).replace(host, this.internet.host);
  }

  /** Adds or changes a template; the product reads them when it starts. */
  async addTemplate(template: z.input<typeof Template>): Promise<void> {
    const folder = join(this.product.dataDir, 'panel', 'templates');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${template.id}.json`), JSON.stringify(template));
  }

  traces() {
    return containerTraces(this.containerd, this.product.dataDir);
  }

  /** Of a server's container, with what runs in it; as the machine sees them, not as Catalyst says. */
  async pidsOf(serverId: string): Promise<number[]> {
    const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
    const groups = await Promise.all(
      pids.map((pid) => readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '')),
    );
    return pids.filter((_, index) => groups[index]?.includes(`/${serverId}.`)).map(Number);
  }

  /** The first process of its container, and the shim that started it. */
  async mainOf(serverId: string): Promise<{ pid: number; shimPid: number }> {
    const pids = await this.pidsOf(serverId);
    for (const pid of pids) {
      const parent = Number(/^PPid:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]);
      if (!pids.includes(parent)) return { pid, shimPid: parent };
    }
    throw new Error('The server has no container');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.product[Symbol.asyncDispose]();
    const namespaces = await this.#namespaces();
    await this.internet.stop();
    await this.registry.stop();
    await this.containerd.stop();
    await rm(usualSocket);
    for (const namespace of namespaces) removeControlGroups(namespace);
  }

  async #namespaces(): Promise<string[]> {
    const command = ['--address', this.containerd.socketPath, 'namespaces', 'list', '--quiet'];
    const listed = await promisify(execFile)('ctr', command).catch(() => ({ stdout: '' }));
    return listed.stdout.split('\n').filter((name) => name.startsWith('catalyst'));
  }
}

function removeControlGroups(name: string): void {
  for (const tree of ['.', ...readdirSync('/sys/fs/cgroup')]) {
    const group = join('/sys/fs/cgroup', tree, name);
    if (existsSync(group)) rmdirSync(group);
  }
}
