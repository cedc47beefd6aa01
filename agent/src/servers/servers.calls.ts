import type { CallHandlers } from '@catalyst/shared/contract/rpc';
import type { serverAgentCalls } from '@catalyst/shared/features/agent-link';
import type { livePortsAgentCalls } from '@catalyst/shared/features/live-ports-link';
import { dryRun } from './dry-run.ts';
import { livePorts } from './live-ports.ts';
import type { Supervisor } from './supervisor.ts';

export const serverCallHandlers = (supervisor: Supervisor): CallHandlers<typeof serverAgentCalls> => ({
  'server:apply': async ({ spec }) => ({ revision: await supervisor.apply(spec) }),
  server_control: async (order) => {
    await supervisor.take(order);
    return { accepted: true };
  },
  'server:dry-run': async ({ serverId, spec }) => ({
    files: await dryRun(supervisor.get(serverId).parts, spec),
  }),
  'server:resize': async ({ serverId, columns, rows }) => {
    await supervisor.get(serverId).running?.resize(columns, rows);
    return {};
  },
  'server:reset-crash-count': ({ serverId }) => {
    supervisor.get(serverId).resetCrashCount();
    return {};
  },
});

export const livePortsCallHandlers = (supervisor: Supervisor): CallHandlers<typeof livePortsAgentCalls> => ({
  'ports:live': async ({ serverId }) => ({ ports: await livePorts(supervisor.get(serverId)) }),
});
