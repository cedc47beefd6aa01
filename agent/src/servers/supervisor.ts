import { join } from 'node:path';
import { AppError } from '@catalyst/shared/contract/errors';
import type { ServerSnapshot, StateReport } from '@catalyst/shared/features/agent-link';
import type { RuntimeName, ServerSpec } from '@catalyst/shared/features/server-spec';
import { ServerConsole } from '../console/server-console.ts';
import type { DataFolder } from '../data-folder.ts';
import type { ProjectQuota } from '../files/project-quota.ts';
import type { MachineFirewall } from '../firewall/machine-firewall.ts';
import type { Logger } from '../logger.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import { CommandLog } from './command-log.ts';
import { GameServer, type Order } from './game-server.ts';
import { KeptFiles } from './kept-files.ts';
import { OperationLog } from './operation-log.ts';
import type { RecordFile } from './record-file.ts';
import type { RecordStore } from './record-store.ts';
import { ReportedState } from './reported-state.ts';
import { ServerFolder } from './server-folder.ts';
import type { ServerParts } from './server-parts.ts';
import type { OperationRecord, ServerRecord } from './server-record.ts';
import { ServerRuns } from './server-runs.ts';
import { Turns } from './turns.ts';

/** What happens to servers, for whoever tells the panel. */
interface SupervisorListener {
  stateChanged(eventId: number, report: StateReport): void;
  operationFinished(serverId: string, operation: OperationRecord): void;
  installStep(progress: { serverId: string; step: number; totalSteps: number; label: string }): void;
}

interface SupervisorOptions {
  folder: DataFolder;
  store: RecordStore;
  runtimes: readonly Runtime[];
  log: Logger;
  /** Why servers cannot reach their folders on this node, null when they can. */
  unreachable: string | null;
  hostEnvironment: NodeJS.ProcessEnv;
  /** See ServerParts; null and nobody's when left out. */
  diskQuota?: ProjectQuota | null;
  ownerOfPort?: ServerParts['ownerOfPort'];
  /** In the private network; empty when left out. */
  gatewayAddress?: () => Promise<string>;
  /** Told at each change of a server's state, and of each that is taken back. */
  firewall?: Pick<MachineFirewall, 'follow' | 'ready'>;
}

/** So many are taken back, or started after a reboot, at once; after so long the next need not wait any more. */
const recoveries = { count: 8, patienceMs: 5000 };
const automaticStarts = { count: 4, patienceMs: 30_000 };

/** For the last lines of all servers in one snapshot, which the panel takes only as one message of at most 1 MiB. */
const lastLinesBudgetBytes = 128 * 1024;

/** All servers of this node. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #servers = new Map<string, GameServer>();
  readonly #recoveries = new Turns(recoveries.count, recoveries.patienceMs);
  readonly #automaticStarts = new Turns(automaticStarts.count, automaticStarts.patienceMs);
  #listener: SupervisorListener | null = null;

  /** What deleted servers have left. */
  readonly kept: KeptFiles;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.kept = new KeptFiles(options.folder.kept);
  }

  /** Everything from now on; what was before is in the snapshot and the unreported operations. */
  listen(listener: SupervisorListener | null): void {
    this.#listener = listener;
  }

  /** Takes back all servers of earlier agent processes, whatever became of them. Resolves when each is settled. */
  async recover(): Promise<void> {
    const files = await this.#options.store.load();
    const never = new AbortController().signal;
    const recoveries = files.map(async (file) => {
      const server = this.#add(file);
      if (!server) return;
      if (server.isRemoved) return server.operations.finishAll(null);
      try {
        await this.#recoveries.take(never, () => server.recover());
      } catch (err) {
        this.#options.log.error({ err, serverId: server.id }, 'A server could not be taken back');
      }
    });
    // All are known by now. One that is hard to take back must not keep the ports of others closed.
    void this.#options.firewall?.ready();
    await Promise.all(recoveries);
  }

  /** Throws `not_found` for a server that is not on this node. */
  get(serverId: string): GameServer {
    const server = this.#servers.get(serverId);
    if (!server || server.isRemoved) throw new AppError('not_found', 'This server is not on this node');
    return server;
  }

  get all(): GameServer[] {
    return [...this.#servers.values()].filter((server) => !server.isRemoved);
  }

  async apply(spec: ServerSpec): Promise<number> {
    const known = this.#servers.get(spec.serverId);
    if (known) return known.apply(spec);
    this.#runtime(spec.runtime);
    const file = await this.#options.store.create(spec);
    // Two at once: the other one has made it.
    const other = this.#servers.get(spec.serverId);
    if (other) return other.apply(spec);
    const server = this.#add(file) as GameServer;
    try {
      await file.save();
    } catch (error) {
      this.#servers.delete(spec.serverId);
      throw error;
    }
    await server.recover();
    return spec.revision;
  }

  async take(order: Order & { serverId: string }): Promise<void> {
    const server = this.#servers.get(order.serverId);
    const isKnown = server?.operations.find(order.operationId) !== undefined;
    await (isKnown && server ? server : this.get(order.serverId)).take(order);
  }

  /** Small enough for one message, however many servers have crashed. */
  snapshot(): ServerSnapshot[] {
    return withinBudget(this.all.map((server) => server.snapshot()));
  }

  /** Ends that the panel may not know of. */
  unreportedOperations(): { serverId: string; operation: OperationRecord }[] {
    return [...this.#servers.values()].flatMap((server) =>
      server.operations.unreported.map((operation) => ({ serverId: server.id, operation })),
    );
  }

  /** The panel knows; of a removed server nothing has to be remembered then. */
  async operationReported(serverId: string, operationId: string): Promise<void> {
    const server = this.#servers.get(serverId);
    if (!server) return;
    server.operations.reported(operationId);
    if (!server.isRemoved || server.operations.unreported.length > 0) return;
    this.#servers.delete(serverId);
    await server.parts.file.delete();
  }

  /** Lets go of everything; the games run on. */
  async close(): Promise<void> {
    this.#listener = null;
    await Promise.all([...this.#servers.values()].map((server) => server.close()));
  }

  #add(file: RecordFile): GameServer | null {
    const { folder, store, log, unreachable, hostEnvironment, firewall } = this.#options;
    const { diskQuota = null, ownerOfPort = () => null, gatewayAddress = async () => '' } = this.#options;
    const { serverId } = file.record.spec;
    let runtime: Runtime;
    try {
      runtime = this.#runtime(file.record.spec.runtime);
    } catch (err) {
      log.error({ err, serverId }, 'A server cannot be taken back');
      return null;
    }
    const console = new ServerConsole({
      folder: join(folder.history, serverId),
      onProblem: (message, err) => log.warn({ err, serverId }, message),
    });
    const server = new GameServer({
      parts: {
        file,
        console,
        state: new ReportedState(
          file,
          () => store.nextEventId(),
          (eventId, report) => {
            // What is on record of a run then may be left of the one before.
            const isNew = report.state === 'starting';
            firewall?.follow(isNew ? file.record.spec : startedWith(file.record), report.state);
            this.#listener?.stateChanged(eventId, report);
          },
        ),
        folder: new ServerFolder(folder.server(serverId), file.record),
        runs: new ServerRuns({ file, runtime, console, runRoot: folder.run }),
        log,
        unreachable,
        hostEnvironment,
        diskQuota,
        ownerOfPort,
        interfaceAddress: async () => {
          const { mode } = file.record.spec.network;
          if (mode === 'host') return '127.0.0.1';
          return mode === 'bridge' ? gatewayAddress() : '';
        },
        say: (text) => {
          console.append('system', text).catch((err) => log.warn({ err, serverId }, 'A line was not stored'));
        },
      },
      operations: new OperationLog(file, (operation) =>
        this.#listener?.operationFinished(serverId, operation),
      ),
      commands: new CommandLog(join(folder.history, serverId, 'commands')),
      tracePaths: [join(folder.run, serverId), join(folder.history, serverId)],
      backupPath: join(folder.backups, serverId),
      kept: this.kept,
      onInstallStep: (progress) => this.#listener?.installStep({ serverId, ...progress }),
      inTurn: (signal, work) => this.#automaticStarts.take(signal, work),
    });
    this.#servers.set(serverId, server);
    firewall?.follow(startedWith(file.record), file.record.state);
    return server;
  }

  #runtime(name: RuntimeName): Runtime {
    const runtime = this.#options.runtimes.find((candidate) => candidate.name === name);
    if (runtime) return runtime;
    throw new AppError('unavailable', `This node has no runtime named ${name}`);
  }
}

/** A newer spec waits for the next start. */
function startedWith({ spec, run }: ServerRecord): Pick<ServerSpec, 'serverId' | 'network' | 'ports'> {
  const { network = spec.network, ports = spec.ports } = run?.kind === 'game' ? run : {};
  return { serverId: spec.serverId, network, ports };
}

/** The newest crashes keep their last lines: those are what a panel that was away has missed. */
function withinBudget(servers: ServerSnapshot[]): ServerSnapshot[] {
  let leftBytes = lastLinesBudgetBytes;
  for (const server of servers.toSorted((one, other) => other.at - one.at)) {
    if (server.lastLines.length === 0) continue;
    leftBytes -= Buffer.byteLength(JSON.stringify(server.lastLines));
    if (leftBytes < 0) server.lastLines = [];
  }
  return servers;
}
