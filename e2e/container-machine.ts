import { execFile } from 'node:child_process';
import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Template } from '@catalyst/shared/features/templates';
import type { z } from 'zod';
import { admin, Product, until } from './product.ts';
import { containerTraces } from './services/container-traces.ts';
import { type Containerd, startContainerd } from './services/containerd.ts';
import { pushImage } from './services/image-transport.ts';
import type { OciImage } from './services/oci-image.ts';
import { type Certificate, makeCertificate, type PublicAddress, publish } from './services/public-address.ts';
import { type Registry, startRegistry } from './services/registry.ts';

/** Where the product looks by itself. The folder is empty in a private network namespace. */
const usualSocket = '/run/containerd/containerd.sock';

/** Of the public internet, where nobody else is in a private network namespace. */
const addresses = { open: '20.30.40.50', closed: '20.30.40.51' };

/** A registry as the internet has it. */
export interface PublicRegistry {
  registry: Registry;
  internet: PublicAddress;
}

const asAdmin = { CATALYST_ADMIN_EMAIL: admin.email, CATALYST_ADMIN_PASSWORD: admin.password };

/** A machine with containerd, registries on the internet, and the product, which has not been started yet. */
export class ContainerMachine {
  readonly containerd: Containerd;
  /** For everybody. */
  readonly open: PublicRegistry;
  /** For those who log in. */
  readonly closed: PublicRegistry;
  readonly product: Product;

  private constructor(parts: Pick<ContainerMachine, 'containerd' | 'open' | 'closed' | 'product'>) {
    this.containerd = parts.containerd;
    this.open = parts.open;
    this.closed = parts.closed;
    this.product = parts.product;
  }

  /** A sentence where there can be none. The product has its administrator already, unless told otherwise. */
  static async create(environment: Record<string, string> = asAdmin): Promise<ContainerMachine | string> {
    if (process.env.CATALYST_TEST_NETWORK !== 'private') {
      return 'Servers get networks only in a private network namespace: scripts/in-private-network.sh';
    }
    const containerd = await startContainerd();
    if (!containerd) return 'It needs root, containerd and runc';
    const certificate = await makeCertificate(containerd.folder, Object.values(addresses));
    const open = certificate && (await publicRegistry(false, addresses.open, certificate));
    const closed = certificate && (await publicRegistry(true, addresses.closed, certificate));
    if (!open || !closed) {
      await containerd.stop();
      return 'docker-registry or openssl is not installed';
    }
    await symlink(containerd.socketPath, usualSocket);
    const product = await Product.create({ ...environment, NODE_EXTRA_CA_CERTS: certificate.path });
    return new ContainerMachine({ containerd, open, closed, product });
  }

  /** Starts the product; its administrator, once containers can be run. */
  async start(): ReturnType<Product['adminClient']> {
    await this.product.start();
    const client = await this.product.adminClient();
    await until('containers can be run', async () => {
      const { items } = await client.nodes.list();
      return items.some(({ health }) =>
        health?.runtimes.some(({ name, available }) => name === 'containerd' && available),
      );
    });
    return client;
  }

  /** Gives the reference by which the product finds it. */
  async push(image: OciImage, name: string, { registry, internet } = this.open): Promise<string> {
    return (await pushImage(image, registry, name)).replace(registry.host, internet.host);
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
    for (const { internet, registry } of [this.open, this.closed]) {
      await internet.stop();
      await registry.stop();
    }
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

async function publicRegistry(
  requiresLogin: boolean,
  address: string,
  certificate: Certificate,
): Promise<PublicRegistry | undefined> {
  const registry = await startRegistry({ requiresLogin });
  return registry && { registry, internet: await publish(registry.host, { address, certificate }) };
}

/** Of an agent that was killed, groups of its servers may be left. */
function removeControlGroups(name: string): void {
  for (const tree of ['.', ...readdirSync('/sys/fs/cgroup')]) {
    const group = join('/sys/fs/cgroup', tree, name);
    if (!existsSync(group)) continue;
    const inside = readdirSync(group, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const path of [...inside.map((entry) => join(group, entry.name)), group]) rmdirSync(path);
  }
}
