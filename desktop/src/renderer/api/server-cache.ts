import type { Page } from '@catalyst/shared/contract/values';
import { isUp } from '@catalyst/shared/features/server-states';
import type { Server, ServerStateUpdate } from '@catalyst/shared/features/servers';
import type { InfiniteData } from '@tanstack/react-query';
import type { z } from 'zod';

export type ServerPages = InfiniteData<Page<Server>, string | undefined>;

/** The server after an announcement of its new state. An older one than is known changes nothing. */
export function withState(server: Server, update: z.output<typeof ServerStateUpdate>): Server {
  if (update.at < server.stateChangedAt) return server;
  const crashed = update.state === 'crashed' && server.state !== 'crashed';
  return {
    ...server,
    state: update.state,
    reason: update.reason,
    reasonText: update.reasonText,
    desiredState: update.desiredState,
    reportedState: update.state,
    exitCode: update.exitCode,
    crashCount: update.crashCount,
    startedAt: update.startedAt,
    nextRestartAt: update.nextRestartAt,
    stateChangedAt: update.at,
    lastCrashAt: crashed ? update.at : server.lastCrashAt,
    installProgress: update.state === 'installing' ? server.installProgress : null,
    stats: isUp(update.state) ? server.stats : null,
  };
}

/** Changes one server in a list; the same object comes back when it is not there. */
export function mapServer(
  pages: ServerPages | undefined,
  id: string,
  change: (server: Server) => Server,
): ServerPages | undefined {
  return mapPages(pages, id, (items, index) => items.with(index, change(items[index] as Server)));
}

export function dropServer(pages: ServerPages | undefined, id: string): ServerPages | undefined {
  return mapPages(pages, id, (items, index) => items.toSpliced(index, 1));
}

/** Puts a server that was read again where it was, or, when new, at the end of what is loaded. */
export function putServer(pages: ServerPages | undefined, server: Server): ServerPages | undefined {
  if (!pages) return pages;
  const replaced = mapServer(pages, server.id, () => server);
  if (replaced !== pages) return replaced;
  const last = pages.pages.length - 1;
  return {
    ...pages,
    pages: pages.pages.map((page, index) =>
      index === last ? { ...page, items: [...page.items, server] } : page,
    ),
  };
}

function mapPages(
  pages: ServerPages | undefined,
  id: string,
  change: (items: Server[], index: number) => Server[],
): ServerPages | undefined {
  if (!pages) return pages;
  for (const [pageIndex, page] of pages.pages.entries()) {
    const index = page.items.findIndex((server) => server.id === id);
    if (index < 0) continue;
    const changed = { ...page, items: change(page.items, index) };
    return { ...pages, pages: pages.pages.with(pageIndex, changed) };
  }
  return pages;
}
