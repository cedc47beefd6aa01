import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { AppError } from '@catalyst/shared/contract/errors';
import { bootId, isAlive } from '@catalyst/shared/node/process-identity';
import { type CgroupTree, killCgroup, noEnforcement, type ServerCgroup } from '../cgroups/cgroup.ts';
import { checkPinning } from '../cgroups/cpu-pinning.ts';
import { enforcementNotes } from '../cgroups/enforcement-notes.ts';
import { openCgroups } from '../cgroups/open-cgroups.ts';
import { checkDirectory, checkIds, checkLaunch } from '../process/launch-check.ts';
import { lastSignOfLife } from '../process/process-server.ts';
import { createRunFolder, removeRunFolder } from '../process/run-state.ts';
import { RunFolder } from '../run-folder.ts';
import type { Exit, Launch, Progress, RunningServer, Runtime, RuntimeReport } from '../runtime.ts';
import { TaskStatus, tasksApi } from './api/tasks.ts';
import type { ContainerImages, ContainerNetworks, ReadyImage } from './container-parts.ts';
import { ifThere, removeContainer, snapshotter } from './container-removal.ts';
import { ContainerServer, type ContainerServerParts } from './container-server.ts';
import { type BegunContainer, type ContainerStartParts, startContainer } from './container-start.ts';
import { toContainerStartError } from './container-start-error.ts';
import {
  containerIdOf,
  createSpools,
  readContainerState,
  readExit,
  writeContainerState,
} from './container-state.ts';
import { type ContainerdClient, ContainerdUnavailable } from './containerd-client.ts';
import { hasNotBegun } from './first-process.ts';
import { Orphans } from './orphans.ts';
import { limitRoot } from './root-limit.ts';
import type { RuncRisk } from './runc-risk.ts';
import { systemFiles } from './system-files.ts';
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
  runcRisk?: RuncRisk;
  logger?: ContainerServerParts['logger'];
}

/** Runs every server in a container of its own, by containerd. */
export class ContainerdRuntime implements Runtime {
  readonly name = 'containerd';
  readonly #runRoot: string;
  readonly #client: ContainerdClient;
  readonly #images: ContainerImages;
  readonly #networks: ContainerNetworks;
  readonly #startParts: ContainerStartParts;
  readonly #cgroups: CgroupTree | null;
  readonly #cgroupsReason: string;
  readonly #watch: TaskWatch;
  readonly #orphans: Orphans;
  readonly #runcRisk: RuncRisk | undefined;
  readonly #logger: ContainerServerParts['logger'];

  constructor(options: ContainerdRuntimeOptions) {
    mkdirSync(options.runRoot, { recursive: true, mode: 0o700 });
    this.#runRoot = realpathSync(options.runRoot);
    this.#client = options.client;
    this.#images = options.images;
    this.#networks = options.networks;
    this.#logger = options.logger;
    this.#runcRisk = options.runcRisk;
    const opened = openCgroups(options.cgroupRoot ?? '/sys/fs/cgroup', options.cgroupPrefix);
    this.#cgroups = opened.tree;
    this.#cgroupsReason = opened.tree ? 'this kernel does not offer it' : opened.reason;
    const { client, networks, cgroupPrefix } = options;
    this.#startParts = { client, networks, cgroups: this.#cgroups, cgroupPrefix };
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
    const report = {
      name: this.name,
      enforces: { user: true, ...enforces },
      cgroupVersion: this.#cgroups?.version ?? null,
      snapshotter,
    } as const;
    try {
      const version = await this.#client.version();
      this.#orphans.look();
      const notes = [...enforcementNotes(enforces, this.#cgroupsReason), ...userNamespaceNotes()];
      const risk = await this.#runcRisk?.look();
      const risks = risk ? [risk] : [];
      return { ...report, available: true, version: `containerd ${version}`, notes, risks };
    } catch (error) {
      const { message } = error as Error;
      const note =
        error instanceof AppError ? message : `containerd cannot be asked: ${message}`.slice(0, 400);
      return { ...report, available: false, version: null, notes: [note] };
    }
  }

  async prepare(
    launch: Launch,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { registries } = launch;
    try {
      await this.#images.ensure(imageOf(launch), { registries, onProgress, signal });
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
      const argv = commandOf(launch, image);
      const start = { launch: { ...launch, argv, uid }, folder, image, signal };
      const begun = await startContainer(this.#startParts, start);
      const server = this.#take(launch.serverId, launch.startId, begun);
      if (launch.purpose === 'install') {
        const key = containerIdOf(launch.serverId, launch.startId);
        limitRoot(server, { client: this.#client, key, folder, maxMb: launch.limits.diskMb });
      }
      return server;
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
    const main = state?.main;
    const isThere = main !== undefined && main !== null && isAlive(main);
    if (!main || (isThere && hasNotBegun(main) && !(await this.#isToBegin(serverId, startId)))) {
      return this.#neverHappened(serverId, startId);
    }
    const server = this.#take(serverId, startId, { ...state, main });
    if (isThere) return server;
    server.look();
    return server.exited;
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
    for (const path of [folder.stdin, ...Object.values(systemFiles(folder))]) rmSync(path, { force: true });
  }

  async removeServer(serverId: string): Promise<void> {
    checkIds(serverId);
    await this.#networks.detach(serverId);
  }

  /** Lets go of containerd; servers run on. */
  close(): void {
    this.#client.close();
  }

  #take(serverId: string, startId: string, begun: BegunContainer): ContainerServer {
    return new ContainerServer({
      ...begun,
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

  /** Whether a container was told to begin; it takes a moment until its program is in the place of runc. */
  async #isToBegin(serverId: string, startId: string): Promise<boolean> {
    const containerId = containerIdOf(serverId, startId);
    try {
      const task = await ifThere(this.#client.call(tasksApi.get, { containerId }));
      return task?.process?.status === TaskStatus.running;
    } catch (error) {
      if (error instanceof ContainerdUnavailable) return false;
      throw error;
    }
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

function imageOf({ image }: Launch): string {
  if (image !== null) return image;
  throw new AppError('invalid_input', 'The server has no image that it could be run from');
}

function commandOf({ argv }: Launch, { config }: ReadyImage): readonly string[] {
  const command = argv.length > 0 ? argv : [...config.entrypoint, ...config.command];
  if (command.length > 0) return command;
  throw new AppError('invalid_input', 'The image does not say what is run in it');
}

function unknownExit(folder: RunFolder): Exit {
  return { code: null, signal: null, outOfMemory: false, at: lastSignOfLife(folder) };
}
