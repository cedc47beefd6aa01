import type { CallHandlers } from '@catalyst/shared/contract/rpc';
import type { consoleAgentCalls } from '@catalyst/shared/features/console-link';
import type { DataPlane } from '../link/data-plane.ts';
import type { Supervisor } from '../servers/supervisor.ts';
import type { ConsoleWatches } from './console-watches.ts';
import type { HistoryPage } from './history-page.ts';
import type { ServerConsole } from './server-console.ts';
import { splitIntoMessages } from './split-into-messages.ts';

interface ConsoleCallParts {
  supervisor: Supervisor;
  watches: ConsoleWatches;
  dataPlane: DataPlane;
}

export const consoleCallHandlers = ({
  supervisor,
  watches,
  dataPlane,
}: ConsoleCallParts): CallHandlers<typeof consoleAgentCalls> => ({
  console_input: async ({ serverId, operationId, data }) => ({
    seq: await supervisor.get(serverId).input(operationId, data),
  }),
  'console:read': async ({ serverId, ...query }) => {
    const { console } = supervisor.get(serverId).parts;
    const page = inOneMessage(await console.read(query), query.after !== undefined);
    return { lines: page.lines, ...rangeOf(console), nextSeq: page.more ? page.nextSeq : null };
  },
  'console:watch': ({ serverId, watch }) => {
    const { console } = supervisor.get(serverId).parts;
    if (watch) watches.watch(serverId, console);
    else watches.unwatch(serverId);
    return rangeOf(console);
  },
  'console:export': ({ serverId, ticket }) => {
    dataPlane.send(ticket, supervisor.get(serverId).parts.console.export());
    return {};
  },
});

type Page = Pick<HistoryPage, 'lines' | 'more' | 'nextSeq'>;

/** As much of a page as one message may hold; the rest is asked for next. */
function inOneMessage({ lines, more, nextSeq }: Page, isForward: boolean): Page {
  const messages = splitIntoMessages(isForward ? lines : lines.toReversed());
  const [first = []] = messages;
  const last = first.at(-1);
  if (messages.length <= 1 || !last) return { lines, more, nextSeq };
  return { lines: isForward ? first : first.reverse(), more: true, nextSeq: last.seq };
}

/** The oldest and the newest number there is; both 0 when there is none. */
function rangeOf({ firstSeq, lastSeq }: ServerConsole): { firstSeq: number; lastSeq: number } {
  return lastSeq === 0 ? { firstSeq: 0, lastSeq } : { firstSeq, lastSeq };
}
