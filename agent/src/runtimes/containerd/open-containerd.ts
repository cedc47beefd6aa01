import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import type { ServerSpec } from '@catalyst/shared/features/server-spec';
import type { DataFolder } from '../../data-folder.ts';
import type { Logger } from '../../logger.ts';
import { ServerNetworks } from '../../network/server-networks.ts';
import type { ContainerdReads } from '../../node/doctor/containerd-checks.ts';
import { snapshotter } from './container-removal.ts';
import { ContainerdClient } from './containerd-client.ts';
import { usualSocket } from './containerd-presence.ts';
import { containerdReads } from './containerd-reads.ts';
import { ContainerdRuntime } from './containerd-runtime.ts';
import { ImageStore } from './images/image-store.ts';
import { type OpenNodeImages, openNodeImages } from './images/node-images.ts';
import { RuncRisk } from './runc-risk.ts';

export interface ContainerdOptions {
  /** Where containerd was said to listen; null for where it usually does, if there is one on this machine. */
  socketPath: string | null;
  /** Whose containers and images these are: containerd keeps those of others apart. */
  namespace: string;
  cgroupPrefix: string;
  /** See ServerNetworks. */
  networkPrefix: string;
  networkFolder: string;
  opensFirewall?: () => boolean;
  runRoot: string;
  /** See Config. */
  registryNetworks: readonly string[];
  hostEnvironment: NodeJS.ProcessEnv;
  log: Logger;
}

/** Everything that has to do with containerd, from one agent. */
export interface OpenContainerd {
  readonly runtime: ContainerdRuntime;
  readonly networks: ServerNetworks;
  /** For the doctor. */
  readonly reads: ContainerdReads;
  /** `specs` are those whose images are in use. */
  openImages(folder: DataFolder, specs: () => readonly ServerSpec[]): Promise<OpenNodeImages>;
  /** Lets go; servers run on. */
  close(): Promise<void>;
}

/** For a machine with containerd. One that does not run is waited for. */
export async function openContainerd(options: ContainerdOptions): Promise<OpenContainerd> {
  const { namespace, runRoot, log } = options;
  const client = new ContainerdClient({ socketPath: options.socketPath ?? usualSocket, namespace });
  const registries = { allowedNetworks: options.registryNetworks };
  const store = new ImageStore({ client, snapshotter, logger: log, registries });
  mkdirSync(options.networkFolder, { recursive: true, mode: 0o700 });
  const networks = new ServerNetworks({
    stateFolder: options.networkFolder,
    prefix: options.networkPrefix,
    opensFirewall: options.opensFirewall,
    log,
  });
  await recoverNetworks(networks, runRoot, log);
  const recoverImages = onceItWorks(() => store.recover());
  recoverImages().catch((err) => log.debug({ err }, 'Images are looked after once containerd runs'));
  const runcRisk = new RuncRisk();
  const runtime = new ContainerdRuntime({
    runRoot,
    client,
    images: {
      find: (reference) => store.find(reference),
      async ensure(reference, how) {
        await recoverImages();
        return store.ensure(reference, how);
      },
    },
    networks,
    cgroupPrefix: options.cgroupPrefix,
    runcRisk,
    logger: log,
  });
  return {
    runtime,
    networks,
    reads: containerdReads(client, runcRisk),
    openImages: (folder, specs) => openNodeImages(store, folder, specs, log),
    async close() {
      await networks.close();
      store.close();
      runtime.close();
    },
  };
}

/** A server that has ever been started here has a folder of runs for as long as it exists. */
async function recoverNetworks(networks: ServerNetworks, runRoot: string, log: Logger): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const serverIds = existsSync(runRoot) ? readdirSync(runRoot) : [];
  try {
    await networks.recover(serverIds);
  } catch (err) {
    log.error({ err }, "What earlier agents left of servers' networks could not be looked after");
  }
}

/** Does it until it has worked once; those who ask meanwhile share one attempt. */
function onceItWorks(work: () => Promise<void>): () => Promise<void> {
  let doing: Promise<void> | null = null;
  return () => {
    doing ??= work().catch((error) => {
      doing = null;
      throw error;
    });
    return doing;
  };
}
