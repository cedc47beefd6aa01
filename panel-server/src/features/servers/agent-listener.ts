import type { AgentListener } from '../../realtime/agent-door.ts';
import type { ConsoleRelay } from '../../realtime/console-relay.ts';
import type { NodeLinks } from '../nodes/node-links.ts';
import { clampTime } from './judge-report.ts';
import type { OperationEnds } from './operation-ends.ts';
import type { Reconciler } from './reconcile.ts';
import type { ServerFeed } from './server-feed.ts';
import type { ServerReports } from './server-reports.ts';

export interface AgentListenerParts {
  links: NodeLinks;
  reports: ServerReports;
  ends: OperationEnds;
  reconciler: Reconciler;
  feed: ServerFeed;
  relay: ConsoleRelay;
  onFailure(error: unknown, nodeId: string): void;
}

/** Agents' messages → services, one line each. */
export function agentListener(parts: AgentListenerParts): AgentListener {
  const { links, reports, ends, reconciler, feed, relay, onFailure } = parts;
  return {
    calls: (nodeId, link) => ({
      node_snapshot: async (snapshot) => {
        await reconciler.reconcile(nodeId, snapshot, link);
        return {};
      },
      server_state_update: async ({ report, eventId }) => {
        const row = await reports.step(nodeId, report, eventId);
        if (row) await ends.startIfWanted(row);
        return {};
      },
      'operation:finished': async ({ operationId, error }) => {
        await ends.end(nodeId, operationId, error?.message ?? null);
        return {};
      },
    }),
    events: (nodeId) => ({
      resource_stats: ({ stats, at }) => {
        const time = clampTime(at, new Date());
        feed.stats(stats.map((one) => ({ ...one, at: time })));
      },
      installation_progress: ({ serverId, ...progress }) => feed.installProgress(serverId, progress),
      server_log: ({ serverId, lines }) => relay.receiveLines(serverId, lines),
      'console:dropped': ({ serverId, toSeq }) => relay.receiveDropped(serverId, toSeq),
      health_report: (report) => {
        links.health(nodeId, report).catch((error: unknown) => onFailure(error, nodeId));
      },
    }),
    connected: (nodeId) => relay.hold(nodeId),
    ready: (nodeId) => {
      relay.resume(nodeId).catch((error: unknown) => onFailure(error, nodeId));
      ends.startWaiting(nodeId).catch((error: unknown) => onFailure(error, nodeId));
    },
  };
}
