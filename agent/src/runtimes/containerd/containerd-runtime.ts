import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { promisify } from 'node:util';
import { AppError } from '@catalyst/shared/contract/errors';
import { bootId, identify, isAlive, type ProcessIdentity } from '@catalyst/shared/node/process-identity';
import { type CgroupTree, killCgroup, noEnforcement, type ServerCgroup } from '../cgroups/cgroup.ts';
import { checkPinning } from '../cgroups/cpu-pinning.ts';
import { enforcementNotes } from '../cgroups/enforcement-notes.ts';
import { openCgroups } from '../cgroups/open-cgroups.ts';
import { checkDirectory, checkIds, checkLaunch } from '../process/launch-check.ts';
import { lastSignOfLife } from '../process/process-server.ts';
import { createRunFolder, removeRunFolder } from '../process/run-state.ts';
import { RunFolder } from '../run-folder.ts';
import type { Exit, Launch, Progress, RunningServer, Runtime, RuntimeReport } from '../runtime.ts';
import { containersApi, runcRuntime, specTypeUrl } from './api/containers.ts';
import { snapshotsApi } from './api/snapshots.ts';
import { RuncOptions, runcOptionsTypeUrl, tasksApi } from './api/tasks.ts';
import { jsonAny } from './api/well-known.ts';
import type { ContainerImages, ContainerNetwork, ContainerNetworks, ReadyImage } from './container-parts.ts';
import { removeContainer, snapshotter } from './container-removal.ts';
import { ContainerServer, type ContainerServerParts } from './container-server.ts';
import { containerSpec } from './container-spec.ts';
import { toContainerStartError } from './container-start-error.ts';
import {
  type ContainerState,
  createSpools,
  readContainerState,
  readExit,
  writeContainerState,
} from './container-state.ts';
import { type ContainerdClient, ContainerdUnavailable } from './containerd-client.ts';
import { openFilesOfContainerd } from './containerd-limits.ts';
import { hasNotBegun } from './first-process.ts';
import { mapRoot } from './mapped-root.ts';
import { networkCounters } from './network-counters.ts';
import { networkFiles, writeNetworkFiles } from './network-files.ts';
import { containerLabels, Orphans } from './orphans.ts';
import { limitRoot } from './root-limit.ts';
import { TaskWatch } from './task-watch.ts';

export interface ContainerdRuntimeOptions {
  /** Holds `<serverId>/<startId>` for every start. */
  runRoot: string;
  client: ContainerdClient;
  images: ContainerImages;
  networks: ContainerNetworks;
  /** Where control groups are mounted. */
  cgroupRoot?: string;
  /** Name of this agent's part of the control groups. */
  cgroupPrefix: string;
  logger?: ContainerServerParts['logger'];
}

/** Runs every server in a container of its own, by containerd. */
export class ContainerdRuntime implements Runtime {
  readonly name = 'containerd';
  readonly #runRoot: string;
  readonly #client: ContainerdClient;
  readonly #images: ContainerImages;
  readonly #networks: ContainerNetworks;
  readonly #cgroupPrefix: string;
  readonly #cgroups: CgroupTree | null;
  readonly #cgroupsReason: string;
  readonly #watch: TaskWatch;
  readonly #orphans: Orphans;
  readonly #logger: ContainerServerParts['logger'];

  constructor(options: ContainerdRuntimeOptions) {
    mkdirSync(options.runRoot, { recursive: true, mode: 0o700 });
    this.#runRoot = realpathSync(options.runRoot);
    this.#client = options.client;
    this.#images = options.images;
    this.#networks = options.networks;
    this.#logger = options.logger;
    this.#cgroupPrefix = options.cgroupPrefix;
    const opened = openCgroups(options.cgroupRoot ?? '/sys/fs/cgroup', options.cgroupPrefix);
    this.#cgroups = opened.tree;
    this.#cgroupsReason = opened.tree ? 'this kernel does not offer it' : opened.reason;
    this.#orphans = new Orphans({
      client: this.#client,
      isKnown: (serverId, startId) => existsSync(this.#folder(serverId, startId).path),
      removeGroup: (containerId) => this.#cgroups?.group(containerId).remove(),
      logger: this.#logger,
    });
    this.#watch = new TaskWatch(this.#client, () => this.#orphans.lookAgain());
  }

  async detect(): Promise<RuntimeReport> {
    const enforces = this.#cgroups?.enforces ?? noEnforcement;
    const { memory, cpu, pids } = enforces;
    const report = { name: this.name, enforces: { user: true, memory, cpu, pids } } as const;
    try {
      const version = await this.#client.version();
      this.#orphans.look();
      const notes = [...enforcementNotes(enforces, this.#cgroupsReason), ...userNamespaceNotes()];
      return { ...report, available: true, version: `containerd ${version}`, notes };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { ...report, available: false, version: null, notes: [error.message] };
    }
  }

  async prepare(
    launch: Launch,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const login = launch.registryLogin;
    try {
      await this.#images.ensure(imageOf(launch), { login, onProgress, signal });
    } catch (error) {
      throw error instanceof ContainerdUnavailable ? toContainerStartError(error, signal) : error;
    }
  }

  async start(launch: Launch, signal: AbortSignal): Promise<RunningServer> {
    signal.throwIfAborted();
    checkLaunch(launch);
    checkDirectory(launch.directory);
    checkPinning(launch.limits.cpuPinning, this.#cgroups?.cores ?? null);
    const { uid } = launch;
    if (uid === null || uid === 0) {
      throw new AppError(
        'unavailable',
        'Only an agent that runs as root can give containers users of their own',
      );
    }
    const reference = imageOf(launch);
    const folder = this.#folder(launch.serverId, launch.startId);
    try {
      createRunFolder(folder);
    } catch (err) {
      throw toContainerStartError(err, signal);
    }
    try {
      createSpools(folder, launch.terminal);
      const state = { startedAt: new Date(), main: null, hasTerminal: launch.terminal, carriedBefore: null };
      writeContainerState(folder, state);
      const image = await this.#images.find(reference);
      if (!image) {
        throw new AppError('unavailable', `The image ${reference} is not on this machine; fetch it first`);
      }
      this.#orphans.look();
      return await this.#run({ ...launch, uid }, { folder, image, signal });
    } catch (err) {
      await this.#undo(launch.serverId, launch.startId);
      throw toContainerStartError(err, signal);
    }
  }

  async recover(serverId: string, startId: string): Promise<RunningServer | Exit | null> {
    checkIds(serverId, startId);
    this.#orphans.look();
    const folder = this.#folder(serverId, startId);
    const exit = readExit(folder);
    if (exit) return exit;
    const state = readContainerState(folder);
    if (state === 'unreadable' || (state && state.bootId !== bootId())) return unknownExit(folder);
    if (!state?.main) return this.#neverHappened(serverId, startId);
    if (!isAlive(state.main)) return this.#exitOf(serverId, startId, state);
    if (hasNotBegun(state.main)) return this.#neverHappened(serverId, startId);
    return this.#take(serverId, startId, { ...state, main: state.main });
  }

  async remove(serverId: string, startId: string): Promise<void> {
    checkIds(serverId, startId);
    const folder = this.#folder(serverId, startId);
    const state = readContainerState(folder);
    if (state && state !== 'unreadable' && state.main && state.bootId === bootId() && isAlive(state.main)) {
      throw new AppError('invalid_state', 'The server is still running');
    }
    await this.#networks.unpublish(serverId);
    await this.#removeContainer(containerIdOf(serverId, startId));
    for (const path of [folder.stdin, ...Object.values(networkFiles(folder))]) rmSync(path, { force: true });
  }

  async removeServer(serverId: string): Promise<void> {
    checkIds(serverId);
    await this.#networks.detach(serverId);
  }

  /** Lets go of containerd; servers run on. */
  close(): void {
    this.#client.close();
  }

  /** Record, snapshot, task: in this order, so that containerd's garbage collection never finds a part without the whole. */
  async #run(
    launch: Launch & { uid: number },
    { folder, image, signal }: { folder: RunFolder; image: ReadyImage; signal: AbortSignal },
  ): Promise<RunningServer> {
    const { serverId, startId, uid, terminal } = launch;
    const client = this.#client;
    const id = containerIdOf(serverId, startId);
    const network = await this.#networks.attach(serverId, launch.network, launch.ports, signal);
    signal.throwIfAborted();
    const spec = this.#spec(launch, image, folder, network);
    const pipe = promisify(execFile)('mkfifo', ['-m', '600', folder.stdin]);
    const mounts = this.#prepareRoot(launch, image, spec, signal);
    await Promise.all([pipe, mounts]);
    signal.throwIfAborted();
    const { pid } = await client.call(tasksApi.create, {
      containerId: id,
      rootfs: await mounts,
      stdin: folder.stdin,
      stdout: folder.stdout,
      stderr: terminal ? '' : folder.stderr,
      terminal,
      options: { typeUrl: runcOptionsTypeUrl, value: RuncOptions.encode({ ioUid: uid, ioGid: uid }) },
    });
    const main = identify(pid);
    if (!main) throw new AppError('unavailable', 'The container ended before it had begun');
    // What a spec cannot say on every kernel, and what is changed later, is set the same way.
    this.#cgroups?.group(id).setLimits(launch.limits);
    const state = {
      startedAt: new Date(),
      main,
      hasTerminal: terminal,
      carriedBefore: network.namespacePath === null ? null : networkCounters(pid),
    };
    writeContainerState(folder, state);
    signal.throwIfAborted();
    if (terminal) await client.call(tasksApi.resizePty, { containerId: id, width: 120, height: 30 });
    await this.#networks.publish(serverId);
    await client.call(tasksApi.start, { containerId: id });
    const server = this.#take(serverId, startId, state);
    if (launch.purpose === 'install')
      limitRoot(server, { client, key: id, folder, maxMb: launch.limits.diskMb });
    return server;
  }

  async #prepareRoot(
    launch: Launch & { uid: number },
    image: ReadyImage,
    spec: ReturnType<typeof containerSpec>,
    signal: AbortSignal,
  ) {
    const id = containerIdOf(launch.serverId, launch.startId);
    await this.#client.call(containersApi.create, {
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
    const parent = image.chainId;
    const { mounts } = await this.#client.call(snapshotsApi.prepare, { snapshotter, key: id, parent });
    return launch.purpose === 'install' ? mapRoot(mounts, launch.uid, signal) : mounts;
  }

  #spec(launch: Launch & { uid: number }, image: ReadyImage, folder: RunFolder, network: ContainerNetwork) {
    const hostname = launch.serverId.slice(0, 63);
    return containerSpec({
      launch,
      imageEnvironment: image.config.env,
      cgroupsPath: `/${this.#cgroupPrefix}/${containerIdOf(launch.serverId, launch.startId)}`,
      enforces: this.#cgroups?.enforces ?? noEnforcement,
      networkNamespace: network.namespacePath,
      files: writeNetworkFiles(folder, hostname, network),
      hostname,
      openFilesOfContainerd: openFilesOfContainerd(),
      architecture: process.arch === 'arm64' ? 'arm64' : 'x64',
      hasCgroupNamespaces: existsSync('/proc/self/ns/cgroup'),
    });
  }

  #take(
    serverId: string,
    startId: string,
    state: Omit<ContainerState, 'bootId' | 'main'> & { main: ProcessIdentity },
  ): ContainerServer {
    return new ContainerServer({
      ...state,
      serverId,
      startId,
      containerId: containerIdOf(serverId, startId),
      folder: this.#folder(serverId, startId),
      group: this.#group(serverId, startId),
      client: this.#client,
      watch: this.#watch,
      logger: this.#logger,
    });
  }

  /** Of a server that ended while nobody looked. */
  async #exitOf(
    serverId: string,
    startId: string,
    state: ContainerState & { main: ProcessIdentity | null },
  ): Promise<Exit> {
    const { main } = state;
    if (!main) return unknownExit(this.#folder(serverId, startId));
    const server = this.#take(serverId, startId, { ...state, main });
    server.look();
    return server.exited;
  }

  async #neverHappened(serverId: string, startId: string): Promise<null> {
    await this.#undo(serverId, startId);
    return null;
  }

  /** Leaves nothing of a start that did not succeed; what containerd cannot be asked for now is found as an orphan. */
  async #undo(serverId: string, startId: string): Promise<void> {
    const group = this.#group(serverId, startId);
    if (group) await killCgroup(group);
    try {
      await this.#removeContainer(containerIdOf(serverId, startId));
      await this.#networks.unpublish(serverId);
    } catch (err) {
      this.#logger?.warn({ err, serverId, startId }, 'What is left of a start could not be removed yet');
    }
    removeRunFolder(this.#folder(serverId, startId));
  }

  async #removeContainer(containerId: string): Promise<void> {
    try {
      await removeContainer(this.#client, containerId);
    } catch (error) {
      this.#orphans.lookAgain();
      if (error instanceof ContainerdUnavailable) return;
      throw new AppError('unavailable', 'What is left of the server could not be removed yet', {
        cause: error,
      });
    } finally {
      await this.#cgroups?.group(containerId).remove();
    }
  }

  #folder(serverId: string, startId: string): RunFolder {
    return new RunFolder(this.#runRoot, serverId, startId);
  }

  #group(serverId: string, startId: string): ServerCgroup | null {
    return this.#cgroups?.group(containerIdOf(serverId, startId)) ?? null;
  }
}

function userNamespaceNotes(): string[] {
  try {
    if (Number(readFileSync('/proc/sys/user/max_user_namespaces', 'utf8')) > 0) return [];
  } catch {
    // The kernel was made without them.
  }
  return ['Installations cannot run in containers because user namespaces are switched off on this machine.'];
}

function containerIdOf(serverId: string, startId: string): string {
  return `${serverId}.${startId}`;
}

function imageOf({ image }: Launch): string {
  if (image !== null) return image;
  throw new AppError('invalid_input', 'The server has no image that it could be run from');
}

function unknownExit(folder: RunFolder): Exit {
  return { code: null, signal: null, outOfMemory: false, at: lastSignOfLife(folder) };
}
