import type { CallHandlers, EventHandlers } from '@catalyst/shared/contract/rpc';
import type { serverAgentEvents, serverPanelCalls } from '@catalyst/shared/features/agent-link';
import type { serverClientCalls } from '@catalyst/shared/features/servers';
import type { AccessRules } from '../../access.ts';
import type { AgentLink } from '../../realtime/agent-connection.ts';
import type { ConnectedClient } from '../../realtime/browsers.ts';
import { clampTime } from './judge-report.ts';
import type { OperationEnds } from './operation-ends.ts';
import type { Reconciler } from './reconcile.ts';
import type { ServerFeed } from './server-feed.ts';
import type { ServerReports } from './server-reports.ts';
import type { ServersService } from './servers.service.ts';

/** Of browsers and programs. */
export const serverClientHandlers =
  (servers: ServersService, access: AccessRules) =>
  ({ caller }: ConnectedClient): CallHandlers<typeof serverClientCalls> => ({
    server_control: async ({ serverId, action }) => {
      await access.authorize(caller, `server.${action}`, serverId);
      return servers.power(serverId, action, caller);
    },
  });

interface AgentReportParts {
  reports: ServerReports;
  ends: OperationEnds;
  reconciler: Reconciler;
}

/** Reports of agents, each acknowledged when it is on record. */
export const serverReportHandlers =
  ({ reports, ends, reconciler }: AgentReportParts) =>
  (nodeId: string, link: AgentLink): CallHandlers<typeof serverPanelCalls> => ({
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
  });

/** What agents say in passing. */
export const serverAgentHandlers =
  (feed: ServerFeed) => (): Required<EventHandlers<typeof serverAgentEvents>> => ({
    resource_stats: ({ stats, at }) => {
      const time = clampTime(at, new Date());
      feed.stats(stats.map((one) => ({ ...one, at: time })));
    },
    installation_progress: ({ serverId, ...progress }) => feed.installProgress(serverId, progress),
  });
