import type { InstallProgress } from '@catalyst/shared/features/agent-link';
import { isUp, type ServerState } from '@catalyst/shared/features/server-states';
import type { ResourceStats } from '@catalyst/shared/features/servers';
import type { z } from 'zod';
import type { AboutServer, ClientFeed } from '../../realtime/client-feed.ts';
import type { RaisedAlert } from '../alerts/alerts.ts';
import type { LiveValues } from './live-values.ts';
import type { ServerRow } from './server.entity.ts';
import type { ServerIndex } from './server-index.ts';
import type { ServerListCache } from './server-list-cache.ts';

/** Tells viewers, and the cached list, that something about a server changed. Called after it is in the database. */
export class ServerFeed {
  readonly #clients: ClientFeed;
  readonly #list: ServerListCache;
  readonly #live: LiveValues;
  readonly #serverIndex: ServerIndex;

  constructor(parts: {
    clients: ClientFeed;
    list: ServerListCache;
    live: LiveValues;
    serverIndex: ServerIndex;
  }) {
    this.#clients = parts.clients;
    this.#list = parts.list;
    this.#live = parts.live;
    this.#serverIndex = parts.serverIndex;
  }

  stateChanged(previousState: ServerState, row: ServerRow): void {
    this.#list.invalidate();
    if (row.state !== 'installing') this.#live.installProgress.delete(row.id);
    if (!isUp(row.state)) this.#live.stats.delete(row.id);
    this.#clients.toServer(row, 'server_state_update', {
      serverId: row.id,
      state: row.state,
      previousState,
      reason: row.reason,
      reasonText: row.reasonText,
      desiredState: row.desiredState,
      exitCode: row.exitCode,
      crashCount: row.crashCount,
      startedAt: row.startedAt?.toISOString() ?? null,
      nextRestartAt: row.nextRestartAt?.toISOString() ?? null,
      at: row.stateChangedAt.toISOString(),
    });
  }

  alert({ ownerId, lastLines: _lines, crash, ...alert }: RaisedAlert): void {
    const { serverId: id, nodeId } = alert;
    this.#clients.toServer({ id, nodeId, ownerId }, 'alert', {
      ...alert,
      at: alert.at.toISOString(),
      crash: { ...crash, nextRestartAt: crash.nextRestartAt?.toISOString() ?? null },
    });
  }

  /** Something else: settings, an operation, its existence. */
  changed(server: AboutServer, isDeleted = false): void {
    this.#list.invalidate();
    if (isDeleted) this.#live.forget(server.id);
    this.#clients.toServer(server, 'server_update', { serverId: server.id, deleted: isDeleted });
  }

  /** A node came or went: its servers show it. */
  nodeChanged(nodeId: string): void {
    for (const server of this.#serverIndex.on(nodeId)) this.changed(server);
  }

  stats(stats: readonly ResourceStats[]): void {
    const known = stats.flatMap((one) => {
      const place = this.#serverIndex.find(one.serverId);
      return place ? [{ one, server: { ...place, id: one.serverId } }] : [];
    });
    if (known.length === 0) return;
    for (const { one } of known) this.#live.stats.set(one.serverId, one);
    this.#list.invalidate();
    const onWire = known.map(({ one, server }) => ({ server, item: { ...one, at: one.at.toISOString() } }));
    this.#clients.toServersInTime('resource_stats', onWire, (items) => ({ stats: items }));
  }

  installProgress(serverId: string, progress: z.output<typeof InstallProgress>): void {
    const place = this.#serverIndex.find(serverId);
    if (!place) return;
    this.#live.installProgress.set(serverId, progress);
    this.#list.invalidate();
    const about = { ...place, id: serverId };
    this.#clients.toServer(about, 'installation_progress', { serverId, ...progress });
  }
}
