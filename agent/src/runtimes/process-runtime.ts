import type { ChildProcess } from 'node:child_process';
import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { release, type } from 'node:os';
import { AppError } from '@catalyst/shared/contract/errors';
import { bootId, isAlive } from '@catalyst/shared/node/process-identity';
import { type CgroupTree, killCgroup, noEnforcement, type ServerCgroup } from './cgroups/cgroup.ts';
import { enforcementNotes } from './cgroups/enforcement-notes.ts';
import { openCgroups } from './cgroups/open-cgroups.ts';
import { readExitRecord } from './process/exit-record.ts';
import { readHolderRecord, revokeStart } from './process/holder-record.ts';
import { type StartedHolder, waitForGame } from './process/holder-start.ts';
import { checkIds, checkLaunch } from './process/launch-check.ts';
import { toLaunchError } from './process/launch-error.ts';
import { spawnNodeHolder } from './process/node-holder-launch.ts';
import { nodePrivilegeDrop, type PrivilegeDrop, probePrivilegeDrop } from './process/privilege-drop.ts';
import { lastSignOfLife, ProcessServer, type ProcessServerParts } from './process/process-server.ts';
import { killSession, killTree } from './process/process-tree.ts';
import {
  createRunFolder,
  exitDraft,
  fillRunFolder,
  type RunState,
  readRunState,
  removeRunFolder,
} from './process/run-state.ts';
import { spawnShellHolder } from './process/shell-holder.ts';
import { RunFolder } from './run-folder.ts';
import type { Exit, Launch, RunningServer, Runtime, RuntimeReport } from './runtime.ts';

export interface ProcessRuntimeOptions {
  /** Holds `<serverId>/<startId>` for every start. */
  runRoot: string;
  /** Where control groups are mounted. */
  cgroupRoot?: string;
  /** Name of this agent's part of the control groups. */
  cgroupPrefix: string;
  /** `node` where there is no `/bin/sh` and `/proc`: on Windows and macOS, and in the tests of that. */
  holder?: 'shell' | 'node';
  /** Of this machine's environment: Windows programs do not start without it. */
  systemRoot?: string | undefined;
  logger?: ProcessServerParts['logger'];
}

/** How long a holder that has claimed a start may take to say who it is. */
const silentHolderMs = 2000;

/** Runs every server as a process of the host, under a small holder process that outlives the agent. */
export class ProcessRuntime implements Runtime {
  readonly name = 'process';
  readonly #runRoot: string;
  readonly #holder: 'shell' | 'node';
  readonly #cgroups: CgroupTree | null;
  readonly #cgroupsReason: string;
  readonly #logger: ProcessServerParts['logger'];
  readonly #systemRoot: string | undefined;
  #privileges: Promise<PrivilegeDrop> | undefined;

  constructor(options: ProcessRuntimeOptions) {
    this.#logger = options.logger;
    this.#systemRoot = options.systemRoot;
    mkdirSync(options.runRoot, { recursive: true, mode: 0o700 });
    this.#runRoot = realpathSync(options.runRoot);
    this.#holder = options.holder ?? (process.platform === 'linux' ? 'shell' : 'node');
    const opened =
      this.#holder === 'shell'
        ? openCgroups(options.cgroupRoot ?? '/sys/fs/cgroup', options.cgroupPrefix)
        : { tree: null, reason: 'this system has no control groups' };
    this.#cgroups = opened.tree;
    this.#cgroupsReason = opened.tree ? 'this kernel does not offer it' : opened.reason;
  }

  async detect(): Promise<RuntimeReport> {
    const { canChangeUser, notes } = await this.#privilegeDrop();
    const enforces = this.#cgroups?.enforces ?? noEnforcement;
    return {
      name: 'process',
      available: true,
      version: `${type()} ${release()}`,
      enforces: { user: canChangeUser, ...enforces },
      cgroupVersion: this.#cgroups?.version ?? null,
      notes: [
        ...enforcementNotes(enforces, this.#cgroupsReason),
        ...(canChangeUser ? [] : [noOwnUser]),
        'Servers share the network and see the programs of this machine.',
        ...notes,
      ],
    };
  }

  /** A process has nothing but the machine. */
  async prepare(): Promise<void> {}

  async start(launch: Launch, signal: AbortSignal): Promise<RunningServer> {
    signal.throwIfAborted();
    checkLaunch(launch);
    const uid = await this.#userFor(launch);
    const folder = this.#folder(launch.serverId, launch.startId);
    const group = this.#group(launch.serverId, launch.startId);
    let child: ChildProcess | undefined;
    try {
      createRunFolder(folder);
    } catch (err) {
      throw toLaunchError(err, signal);
    }
    try {
      const state = fillRunFolder(folder, { startedAt: new Date(), uid, hasGroup: group !== null });
      group?.create(launch.limits);
      child = await this.#spawn(folder, launch, uid, group);
      const holder = await waitForGame(folder, goneWith(child), signal);
      return this.#take(launch.serverId, launch.startId, state, holder, child);
    } catch (err) {
      await this.#undo(folder, group, uid, child);
      throw toLaunchError(err, signal);
    }
  }

  async recover(serverId: string, startId: string): Promise<RunningServer | Exit | null> {
    checkIds(serverId, startId);
    const folder = this.#folder(serverId, startId);
    const state = readRunState(folder);
    if (!state) return this.#neverHappened(serverId, startId);
    if (state === 'unreadable' || state.bootId !== bootId()) {
      const { code, signal, at } = readExitRecord(folder) ?? unknownExit(folder);
      return { code, signal, at, outOfMemory: false };
    }
    if (revokeStart(folder) || readHolderRecord(folder)?.revoked)
      return this.#neverHappened(serverId, startId);
    let holder: StartedHolder;
    try {
      const giveUpAt = performance.now() + silentHolderMs;
      holder = await waitForGame(folder, (record) =>
        record?.holder ? !isAlive(record.holder) : performance.now() > giveUpAt,
      );
    } catch {
      await this.#undo(folder, this.#groupOf(serverId, startId, state), state.uid);
      return null;
    }
    const server = this.#take(serverId, startId, state, holder);
    return server.hasEnded ? server.exited : server;
  }

  async remove(serverId: string, startId: string): Promise<void> {
    checkIds(serverId, startId);
    const folder = this.#folder(serverId, startId);
    const group = this.#group(serverId, startId);
    const holder = readHolderRecord(folder)?.holder;
    if ((holder && isAlive(holder)) || (group && !group.isEmpty())) {
      throw new AppError('invalid_state', 'The server is still running');
    }
    if (group && !(await group.remove())) {
      throw new AppError('unavailable', 'The control group of the server could not be removed yet');
    }
    for (const path of [folder.stdin, exitDraft(folder)]) rmSync(path, { force: true });
  }

  async removeServer(): Promise<void> {}

  /** The user to change to, null to stay. */
  async #userFor({ uid }: Launch): Promise<number | null> {
    if (uid === null || uid === process.getuid?.()) return null;
    if ((await this.#privilegeDrop()).canChangeUser) return uid;
    throw new AppError(
      'unavailable',
      'The agent cannot run a server under a user of its own on this machine',
    );
  }

  async #spawn(folder: RunFolder, launch: Launch, uid: number | null, group: ServerCgroup | null) {
    const child =
      this.#holder === 'node'
        ? spawnNodeHolder(folder, launch, uid, this.#systemRoot)
        : spawnShellHolder({
            folder,
            launch,
            uid,
            joinFiles: group?.joinFiles ?? [],
            privilegePrefix: (await this.#privilegeDrop()).prefix(uid),
          });
    child.unref();
    return child;
  }

  #take(
    serverId: string,
    startId: string,
    state: RunState,
    holder: StartedHolder,
    child?: ChildProcess,
  ): ProcessServer {
    const folder = this.#folder(serverId, startId);
    const group = this.#groupOf(serverId, startId, state);
    const { startedAt, uid: ownUid } = state;
    const server = new ProcessServer({
      ...holder,
      serverId,
      startId,
      folder,
      startedAt,
      ownUid,
      group,
      logger: this.#logger,
    });
    child?.once('exit', () => server.look());
    return server;
  }

  async #neverHappened(serverId: string, startId: string): Promise<null> {
    await this.#group(serverId, startId)?.remove();
    removeRunFolder(this.#folder(serverId, startId));
    return null;
  }

  /** Leaves nothing of a start that did not succeed. */
  async #undo(folder: RunFolder, group: ServerCgroup | null, ownUid: number | null, child?: ChildProcess) {
    revokeStart(folder);
    const claimed = readHolderRecord(folder)?.holder;
    if (child?.pid && !goneWith(child)()) await killSession(child.pid);
    else if (claimed && isAlive(claimed)) await killSession(claimed.pid);
    // Read again: the game may have begun before its holder was killed.
    const record = readHolderRecord(folder);
    if (group) await killCgroup(group);
    else if (record?.holder) await killTree({ holder: record.holder, game: record.game, ownUid, folder });
    await group?.remove();
    removeRunFolder(folder);
  }

  #privilegeDrop(): Promise<PrivilegeDrop> {
    this.#privileges ??= this.#holder === 'shell' ? probePrivilegeDrop() : Promise.resolve(nodePrivilegeDrop);
    return this.#privileges;
  }

  #folder(serverId: string, startId: string): RunFolder {
    return new RunFolder(this.#runRoot, serverId, startId);
  }

  /** An earlier agent may have had no control groups to use. */
  #groupOf(serverId: string, startId: string, { hasGroup }: RunState): ServerCgroup | null {
    return hasGroup ? this.#group(serverId, startId) : null;
  }

  #group(serverId: string, startId: string): ServerCgroup | null {
    return this.#cgroups?.group(`${serverId}.${startId}`) ?? null;
  }
}

const noOwnUser =
  'Servers run under the user of the agent: they can read what it can read, and the files of one another.';

function goneWith(child: ChildProcess): () => boolean {
  let failed = child.pid === undefined;
  child.once('error', () => {
    failed = true;
  });
  return () => failed || child.exitCode !== null || child.signalCode !== null;
}

function unknownExit(folder: RunFolder) {
  return { code: null, signal: null, at: lastSignOfLife(folder) };
}
