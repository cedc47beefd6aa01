import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { AppError } from '@catalyst/shared/contract/errors';
import { identify, type ProcessIdentity } from '@catalyst/shared/node/process-identity';
import { type CgroupTree, noEnforcement } from '../cgroups/cgroup.ts';
import type { RunFolder } from '../run-folder.ts';
import type { Launch } from '../runtime.ts';
import { containersApi, runcRuntime, specTypeUrl } from './api/containers.ts';
import { snapshotsApi } from './api/snapshots.ts';
import { RuncOptions, runcOptionsTypeUrl, tasksApi } from './api/tasks.ts';
import { jsonAny } from './api/well-known.ts';
import type { ContainerNetwork, ContainerNetworks, ReadyImage } from './container-parts.ts';
import { snapshotter } from './container-removal.ts';
import { containerSpec } from './container-spec.ts';
import { type ContainerState, containerIdOf, writeContainerState } from './container-state.ts';
import type { ContainerdClient } from './containerd-client.ts';
import { openFilesOfContainerd } from './containerd-limits.ts';
import { mapRoot } from './mapped-root.ts';
import { networkCounters } from './network-counters.ts';
import { containerLabels } from './orphans.ts';
import { writeSystemFiles } from './system-files.ts';

export interface ContainerStartParts {
  client: ContainerdClient;
  networks: ContainerNetworks;
  cgroups: CgroupTree | null;
  cgroupPrefix: string;
}

/** One start, with its run folder made and its image at hand. */
export interface ContainerStart {
  launch: Launch & { uid: number };
  folder: RunFolder;
  image: ReadyImage;
  signal: AbortSignal;
}

export type BegunContainer = Omit<ContainerState, 'bootId' | 'main'> & { main: ProcessIdentity };

/** A terminal has some size before anybody looks at it. */
const terminalSize = { width: 120, height: 30 };

/**
 * Record, snapshot, task: in this order, so that containerd's garbage collection never finds a part without the whole.
 * Not interrupted in the middle of a call, whose effect would then be unknown. What it has made when it rejects is for
 * the caller to remove.
 */
export async function startContainer(
  parts: ContainerStartParts,
  { launch, folder, image, signal }: ContainerStart,
): Promise<BegunContainer> {
  const { client, networks, cgroups } = parts;
  const { serverId, startId, uid, terminal } = launch;
  const containerId = containerIdOf(serverId, startId);
  const network = await networks.attach(serverId, launch.network, launch.ports, signal);
  signal.throwIfAborted();
  const [rootfs] = await allDone(
    prepareRoot(parts, { launch, folder, image, signal }, network),
    promisify(execFile)('mkfifo', ['-m', '600', folder.stdin]),
  );
  signal.throwIfAborted();
  const { pid } = await client.call(tasksApi.create, {
    containerId,
    rootfs,
    stdin: folder.stdin,
    stdout: folder.stdout,
    stderr: terminal ? '' : folder.stderr,
    terminal,
    options: { typeUrl: runcOptionsTypeUrl, value: RuncOptions.encode({ ioUid: uid, ioGid: uid }) },
  });
  const main = identify(pid);
  if (!main) throw new AppError('unavailable', 'The container ended before it had begun');
  // What a spec cannot say on every kernel, and what is changed later, is set the same way.
  cgroups?.group(containerId).setLimits(launch.limits);
  const state = {
    startedAt: new Date(),
    main,
    hasTerminal: terminal,
    carriedBefore: network.namespacePath === null ? null : networkCounters(pid),
  };
  writeContainerState(folder, state);
  signal.throwIfAborted();
  if (terminal) await client.call(tasksApi.resizePty, { containerId, ...terminalSize });
  await networks.publish(serverId);
  await client.call(tasksApi.start, { containerId });
  return state;
}

async function prepareRoot(
  { client, cgroups, cgroupPrefix }: ContainerStartParts,
  { launch, folder, image, signal }: ContainerStart,
  network: ContainerNetwork,
) {
  const id = containerIdOf(launch.serverId, launch.startId);
  const hostname = launch.serverId.slice(0, 63);
  const spec = containerSpec({
    launch,
    imageEnvironment: image.config.env,
    cgroupsPath: `/${cgroupPrefix}/${id}`,
    enforces: cgroups?.enforces ?? noEnforcement,
    networkNamespace: network.namespacePath,
    files: writeSystemFiles(folder, launch, { hostname, network, uid: launch.uid }),
    hostname,
    openFilesOfContainerd: openFilesOfContainerd(),
    architecture: process.arch === 'arm64' ? 'arm64' : 'x64',
    hasCgroupNamespaces: existsSync('/proc/self/ns/cgroup'),
  });
  await client.call(containersApi.create, {
    container: {
      id,
      labels: containerLabels(launch.serverId, launch.startId),
      image: launch.image ?? '',
      runtime: { name: runcRuntime },
      spec: jsonAny(specTypeUrl, spec),
      snapshotter,
      snapshotKey: id,
    },
  });
  const snapshot = { snapshotter, key: id, parent: image.chainId };
  const { mounts } = await client.call(snapshotsApi.prepare, snapshot);
  return launch.purpose === 'install' ? mapRoot(mounts, launch.uid, signal) : mounts;
}

/** Rejects only when all have come to their end, so that whoever tidies up meets nothing half-done. */
async function allDone<One, Other>(one: Promise<One>, other: Promise<Other>): Promise<[One, Other]> {
  await Promise.allSettled([one, other]);
  return Promise.all([one, other]);
}
