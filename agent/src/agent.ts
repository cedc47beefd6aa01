import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { defaultDataDir } from '@catalyst/shared/node/data-dir';
import { fingerprintOf } from '@catalyst/shared/node/key-fingerprint';
import { takeAgentLock } from './agent-lock.ts';
import type { Config } from './config.ts';
import { DataFolder, prepareDataFolder, unreachableReason } from './data-folder.ts';
import { openFileTasks } from './files/archives/file-tasks.ts';
import { isOpenToPeople } from './files/calls/open-folder.ts';
import { detectProjectQuota } from './files/project-quota.ts';
import { FilePulls } from './files/pulls/file-pulls.ts';
import { FirewallChoice } from './firewall/firewall-choice.ts';
import { MachineFirewall } from './firewall/machine-firewall.ts';
import { loadIdentity } from './identity.ts';
import { Enrolment } from './link/enrolment.ts';
import { PanelLink, type PanelLinkOptions } from './link/panel-link.ts';
import { type PanelSessionParts, servePanel } from './link/panel-session.ts';
import type { Logger } from './logger.ts';
import { NetworkNames } from './network/network-names.ts';
import { Doctor } from './node/doctor/doctor.ts';
import { Health } from './node/health.ts';
import { ResourceStats } from './node/resource-stats.ts';
import { openStatsServer } from './node/stats-server.ts';
import { giveBackCgroups, openCgroups } from './runtimes/cgroups/open-cgroups.ts';
import { isContainerdHere } from './runtimes/containerd/containerd-presence.ts';
import type { ContainerdOptions, OpenContainerd } from './runtimes/containerd/open-containerd.ts';
import { ProcessRuntime } from './runtimes/process-runtime.ts';
import type { Runtime } from './runtimes/runtime.ts';
import { RecordStore } from './servers/record-store.ts';
import { Supervisor } from './servers/supervisor.ts';
import { toStartError } from './to-start-error.ts';
import { agentVersion } from './version.ts';
import { isDoneWithin } from './waiting.ts';

export interface AgentOptions {
  config: Config;
  log: Logger;
  /** Those of this machine when left out. */
  runtimes?: (folder: DataFolder, hostEnvironment: NodeJS.ProcessEnv) => Runtime[];
  link?: Pick<PanelLinkOptions, 'times' | 'connect'>;
  session?: Pick<PanelSessionParts, 'healthIntervalMs' | 'statsIntervalMs'>;
}

export interface Agent {
  readonly supervisor: Supervisor;
  readonly link: PanelLink;
  readonly statsPort: number | null;
  /** Ends the agent; its games run on. */
  close(): Promise<void>;
}

/** The link does not wait longer for servers that are hard to take back; their state is told when it is known. */
const recoveryPatienceMs = 5000;
const cgroupRoot = '/sys/fs/cgroup';

/** The whole agent. Throws a StartError when it cannot run here. */
export async function startAgent({ config, log, ...options }: AgentOptions): Promise<Agent> {
  const { hostEnvironment } = config;
  const folder = new DataFolder(config.dataDir);
  await prepareDataFolder(folder);
  const giveBackLock = await takeAgentLock(folder.lock);
  try {
    const identity = await loadIdentity(folder.identity);
    log.info(
      { agentVersion, dataDir: config.dataDir, fingerprint: fingerprintOf(identity.publicKey) },
      'The agent starts',
    );
    const unreachable = await unreachableReason(folder);
    if (unreachable !== null) log.error(unreachable);
    const networkNames = new NetworkNames(networkPrefixOf(folder));
    const firewall = new MachineFirewall({
      names: networkNames,
      choice: await FirewallChoice.load(folder),
      log,
    });
    const containerd = options.runtimes ? null : await containerdOf(config, folder, firewall, log);
    const runtimes = options.runtimes?.(folder, hostEnvironment) ?? [
      processRuntime(folder, hostEnvironment),
      ...(containerd ? [containerd.runtime] : []),
    ];
    const store = await RecordStore.open(folder, log, process.getuid?.() === 0);
    const disk = await detectProjectQuota(folder.servers);
    const supervisor = new Supervisor({
      firewall,
      ...{ folder, store, runtimes, log, unreachable, hostEnvironment },
      diskQuota: disk.quota,
      ownerOfPort: (port) => containerd?.networks.ownerOf(port) ?? null,
      gatewayAddress: async () => (await containerd?.networks.gatewayAddress()) ?? '',
    });
    const specs = () => supervisor.all.map(({ parts }) => parts.file.record.spec);
    const images = containerd && (await containerd.openImages(folder, specs));
    const cgroupPrefix = cgroupPrefixOf(folder);
    const doctor = new Doctor({
      dataDir: config.dataDir,
      unreachable,
      containerd: containerd?.reads ?? null,
      cgroups: () => openCgroups(cgroupRoot, cgroupPrefix),
      networkNames,
      firewall,
    });
    const fileTasks = await openFileTasks(folder.fileTasks, log);
    const stats = new ResourceStats(() => supervisor.all);
    const health = new Health({
      dataDir: config.dataDir,
      runtimes,
      notes: unreachable === null ? [disk.note] : [unreachable, disk.note],
      runningCount: () => supervisor.all.filter(({ running }) => running !== null).length,
    });
    const filePulls = new FilePulls(log, (serverId) => isOpenToPeople(supervisor, serverId));
    const recovered = supervisor.recover();
    const statsServer =
      config.statsPort === 0 ? null : await openStatsServer(config.statsPort, readStats, log);
    const link = new PanelLink({
      linkPath: folder.link,
      identity,
      enrolment: new Enrolment(folder.identity),
      log,
      serve: (connection, state) =>
        servePanel(connection, state, {
          supervisor,
          health,
          stats,
          doctor,
          firewall,
          filePulls,
          images,
          fileTasks,
          log,
          hostEnvironment,
          ...options.session,
        }),
      ...options.link,
    });
    await isDoneWithin(recoveryPatienceMs, recovered);
    link.start();
    return {
      supervisor,
      link,
      statsPort: statsServer?.port ?? null,
      async close() {
        await link.close();
        filePulls.close();
        await images?.close();
        await fileTasks.close();
        await statsServer?.close();
        await stats.close();
        await supervisor.close();
        await firewall.close();
        await containerd?.close();
        await giveBackCgroups(cgroupRoot, cgroupPrefix);
        await giveBackLock();
      },
    };

    async function readStats() {
      return {
        agentVersion,
        connected: link.isConnected,
        health: await health.report(),
        servers: await stats.read(),
      };
    }
  } catch (error) {
    await giveBackLock();
    throw toStartError(error, folder.path);
  }
}

function processRuntime(folder: DataFolder, { SystemRoot }: NodeJS.ProcessEnv): Runtime {
  const cgroupPrefix = cgroupPrefixOf(folder);
  return new ProcessRuntime({ runRoot: folder.run, cgroupPrefix, systemRoot: SystemRoot });
}

/** Null on machines without containerd, which do not load what drives it. One that is there but does not run is waited for. */
async function containerdOf(
  config: Config,
  folder: DataFolder,
  firewall: MachineFirewall,
  log: Logger,
): Promise<OpenContainerd | null> {
  if (!isContainerdHere(config.containerdSocket, config.hostEnvironment)) return null;
  const { openContainerd } = await import('./runtimes/containerd/open-containerd.ts');
  return openContainerd(containerdOptions(config, folder, firewall, log));
}

function containerdOptions(
  config: Config,
  folder: DataFolder,
  firewall: MachineFirewall,
  log: Logger,
): ContainerdOptions {
  const { hostEnvironment, containerdSocket, registryNetworks, dataDir } = config;
  const place = placeOf(folder);
  return {
    socketPath: containerdSocket,
    registryNetworks,
    namespace: dataDir === defaultDataDir(hostEnvironment) ? 'catalyst' : `catalyst-${place}`,
    cgroupPrefix: cgroupPrefixOf(folder),
    networkPrefix: networkPrefixOf(folder),
    networkFolder: join(folder.path, 'networks'),
    opensFirewall: () => firewall.opens,
    runRoot: folder.run,
    hostEnvironment,
    log,
  };
}

export function cgroupPrefixOf(folder: DataFolder): string {
  return `catalyst-${placeOf(folder)}`;
}

function networkPrefixOf(folder: DataFolder): string {
  return placeOf(folder).slice(0, 6);
}

/** By it agents on one machine stay apart, and each finds its own again. */
function placeOf(folder: DataFolder): string {
  return createHash('sha256').update(realpathSync(folder.path)).digest('hex').slice(0, 12);
}
