import { announce, answerCalls } from '@catalyst/shared/contract/rpc';
import type { LinkState } from '@catalyst/shared/features/agent-link';
import { agentCalls, agentEvents } from '@catalyst/shared/link';
import { consoleCallHandlers } from '../console/console.calls.ts';
import { ConsoleWatches } from '../console/console-watches.ts';
import type { FileTasks } from '../files/archives/file-tasks.ts';
import { allFileCallHandlers } from '../files/calls/all-file-calls.ts';
import type { FilePulls } from '../files/pulls/file-pulls.ts';
import { firewallCallHandlers } from '../firewall/firewall.calls.ts';
import type { MachineFirewall } from '../firewall/machine-firewall.ts';
import type { Logger } from '../logger.ts';
import { type Doctor, doctorCallHandlers } from '../node/doctor/doctor.ts';
import type { Health } from '../node/health.ts';
import { nodeCallHandlers } from '../node/node.calls.ts';
import type { ResourceStats } from '../node/resource-stats.ts';
import { imageCallHandlers, type NodeImages } from '../runtimes/containerd/images/images.calls.ts';
import { keptCallHandlers } from '../servers/kept-files.ts';
import { livePortsCallHandlers, serverCallHandlers } from '../servers/servers.calls.ts';
import type { Supervisor } from '../servers/supervisor.ts';
import { DataPlane } from './data-plane.ts';
import type { PanelConnection } from './panel-connection.ts';
import { ReportQueue } from './report-queue.ts';

export interface PanelSessionParts {
  supervisor: Supervisor;
  health: Health;
  stats: ResourceStats;
  doctor: Doctor;
  firewall: MachineFirewall;
  filePulls: FilePulls;
  /** Null where there is no containerd. */
  images: NodeImages | null;
  fileTasks: FileTasks;
  log: Logger;
  hostEnvironment: NodeJS.ProcessEnv;
  healthIntervalMs?: number;
  statsIntervalMs?: number;
}

const defaultHealthIntervalMs = 30_000;
const defaultStatsIntervalMs = 5000;

/** One connection to the panel: answers its calls, and tells it what happens. Returns the way to end it. */
export function servePanel(
  connection: PanelConnection,
  link: LinkState,
  parts: PanelSessionParts,
): () => void {
  const { socket, transport } = connection;
  const { supervisor, images, fileTasks, log } = parts;
  const dataPlane = new DataPlane(link, log);
  const watches = new ConsoleWatches(socket, transport);
  const reports = new ReportQueue(socket, supervisor, log, () => connection.close());
  answerCalls(
    socket,
    agentCalls,
    {
      ...serverCallHandlers(supervisor),
      ...livePortsCallHandlers(supervisor),
      ...keptCallHandlers(supervisor.kept),
      ...nodeCallHandlers(parts.hostEnvironment),
      ...consoleCallHandlers({ supervisor, watches, dataPlane }),
      ...allFileCallHandlers({ supervisor, dataPlane, pulls: parts.filePulls, fileTasks, log }),
      ...doctorCallHandlers(parts.doctor),
      ...firewallCallHandlers(parts.firewall),
      ...imageCallHandlers({ images, receive: (ticket, signal) => dataPlane.receive(ticket, signal) }),
    },
    {
      onBug: (name, err) => log.error({ err, name }, 'A call of the panel failed'),
    },
  );
  supervisor.listen({
    stateChanged: (eventId, report) => reports.state(eventId, report),
    operationFinished: (serverId, operation) => reports.operation(serverId, operation),
    installStep: (progress) => announce(socket, agentEvents, 'installation_progress', progress),
  });
  parts.filePulls.listen((pull) => announce(socket, agentEvents, 'file_pull_progress', pull));
  images?.pulls.listen((pull) => announce(socket, agentEvents, 'image_pull_progress', pull));
  fileTasks.listen((task) => announce(socket, agentEvents, 'file_task_progress', task));
  reports.start();
  const timers = [
    repeat(parts.healthIntervalMs ?? defaultHealthIntervalMs, log, async () => {
      announce(socket, agentEvents, 'health_report', await parts.health.report());
    }),
    repeat(parts.statsIntervalMs ?? defaultStatsIntervalMs, log, async () => {
      const stats = await parts.stats.read();
      if (stats.length > 0) announce(socket, agentEvents, 'resource_stats', { at: Date.now(), stats });
    }),
  ];
  return () => {
    dataPlane.close();
    supervisor.listen(null);
    images?.pulls.listen(null);
    parts.filePulls.listen(null);
    fileTasks.listen(null);
    reports.close();
    watches.close();
    for (const stop of timers) stop();
  };
}

/** Now and then again, never twice at once. */
function repeat(intervalMs: number, log: Logger, work: () => Promise<void>): () => void {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  const run = async () => {
    await work().catch((err) => log.warn({ err }, 'A figure of this node could not be read'));
    if (!isStopped) timer = setTimeout(run, intervalMs);
  };
  void run();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}
