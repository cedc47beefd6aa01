import type { CallHandlers } from '@catalyst/shared/contract/rpc';
import type { consoleAgentCalls } from '@catalyst/shared/features/console';
import type { ServerConsole } from '../console/server-console.ts';
import type { Supervisor } from '../servers/supervisor.ts';
import type { ConsoleWatches } from './console-watches.ts';

export interface ConsoleCallParts {
  supervisor: Supervisor;
  watches: ConsoleWatches;
  /** Sends a stream to the panel under a ticket. */
  send(ticket: string, body: AsyncIterable<string>): Promise<void>;
}

export const consoleCallHandlers = ({
  supervisor,
  watches,
  send,
}: ConsoleCallParts): CallHandlers<typeof consoleAgentCalls> => ({
  console_input: async ({ serverId, operationId, data }) => ({
    seq: await supervisor.get(serverId).input(operationId, data),
  }),
  'console:read': async ({ serverId, ...query }) => {
    const { console } = supervisor.get(serverId).parts;
    const { lines, more, nextSeq } = await console.read(query);
    return { lines, ...rangeOf(console), nextSeq: more ? nextSeq : null };
  },
  'console:watch': ({ serverId, watch }) => {
    const { console } = supervisor.get(serverId).parts;
    if (watch) watches.watch(serverId, console);
    else watches.unwatch(serverId);
    return rangeOf(console);
  },
  'console:export': async ({ serverId, ticket }) => {
    await send(ticket, supervisor.get(serverId).parts.console.export());
    return {};
  },
});

/** The oldest and the newest number there is; both 0 when there is none. */
function rangeOf({ firstSeq, lastSeq }: ServerConsole): { firstSeq: number; lastSeq: number } {
  return lastSeq === 0 ? { firstSeq: 0, lastSeq } : { firstSeq, lastSeq };
}
