import { serverAgentEvents, serverPanelCalls } from '@catalyst/shared/features/agent-link';
import type { PortRange } from '@catalyst/shared/features/port-ranges';
import { serverClientCalls } from '@catalyst/shared/features/servers';
import type { PanelCore } from '../../core.ts';
import { namedTarget } from '../../http/audit-target.ts';
import { Alerts } from '../alerts/alerts.ts';
import type { NodePlacement } from '../nodes/node-placement.ts';
import type { RegistriesService } from '../registries/registries.service.ts';
import type { Templates } from '../templates/templates.service.ts';
import { ServerCloning } from './clone-server.ts';
import { crashAlert } from './crash-alert.ts';
import { ServerCreation } from './create-server.ts';
import { registerFavouriteRoutes } from './favourites.routes.ts';
import { FavouritesService } from './favourites.service.ts';
import { registerLivePortRoutes } from './live-ports.routes.ts';
import { LiveValues } from './live-values.ts';
import { OperationEnds } from './operation-ends.ts';
import { Reconciler } from './reconcile.ts';
import { ServerRemoval } from './remove-server.ts';
import { ServerFeed } from './server-feed.ts';
import type { ServerListCache } from './server-list-cache.ts';
import { ServerOrders } from './server-orders.ts';
import { ServerReports } from './server-reports.ts';
import { ServerSpecs } from './server-specs.ts';
import { ServerSweep } from './server-sweep.ts';
import { serverAgentHandlers, serverClientHandlers, serverReportHandlers } from './servers.calls.ts';
import { registerServerRoutes } from './servers.routes.ts';
import { ServersService } from './servers.service.ts';
import { ServerSuspension } from './suspension.ts';
import { ServerUpdates } from './update-server.ts';

export interface ServersNeeds {
  templates: Templates;
  placement: NodePlacement;
  listCache: ServerListCache;
  registries: RegistriesService;
  /** Where ports of servers are taken from. */
  portRange?: PortRange;
  /** How often overdue operations are looked for. */
  sweepEveryMs?: number;
}

export function registerServers(core: PanelCore, needs: ServersNeeds): { sweep: ServerSweep } {
  const { agents, browsers, serverIndex } = core;
  const { templates, placement, listCache, registries } = needs;
  const log = core.log.child({ part: 'servers' });
  const live = new LiveValues();
  const feed = new ServerFeed({ clients: browsers, list: listCache, live, serverIndex });
  const alerts = new Alerts(core.log.child({ part: 'alerts' }));
  alerts.listen((alert) => feed.alert(alert));
  const common = { ...core, secrets: core.secretBox, log, templates, feed, registries };

  const specs = new ServerSpecs(common);
  const orders = new ServerOrders({ ...common, specs });
  const removal = new ServerRemoval(common);
  const ends = new OperationEnds({ ...common, orders, removal });
  const reports = new ServerReports({
    ...common,
    onImpossible: ({ id, nodeId, state: from }, { state: to }) =>
      agents.noteViolation({
        nodeId,
        about: `impossible ${id}`,
        details: { kind: 'impossible_report', serverId: id, from, to },
      }),
    onCrash: (row, crash) => alerts.raise(crashAlert(row, crash)),
  });
  const reconciler = new Reconciler({
    ...common,
    reports,
    orders,
    specs,
    ends,
    removal,
    onOrphans: (nodeId, serverIds) =>
      agents.noteViolation({
        nodeId,
        about: 'orphans',
        details: { kind: 'orphans', count: serverIds.length, serverIds: serverIds.slice(0, 20) },
      }),
  });
  const portRange = needs.portRange ?? { from: 1024, to: 65_535 };
  const creation = new ServerCreation({ ...common, placement, orders, portRange });
  const updates = new ServerUpdates({ ...common, portRange });
  const servers = new ServersService({
    ...common,
    creation,
    cloning: new ServerCloning(common),
    updates,
    orders,
    specs,
    removal,
    suspension: new ServerSuspension({ ...common, specs }),
    live,
    listCache,
  });
  const sweep = new ServerSweep({ ...common, orders, everyMs: needs.sweepEveryMs ?? 5000 });
  core.onClose(() => sweep.close());

  const nameTarget = namedTarget('server', (id) => serverIndex.find(id)?.name);
  registerServerRoutes(core.http, servers, nameTarget);
  registerLivePortRoutes(core);
  registerFavouriteRoutes(core.http, new FavouritesService(core), nameTarget);
  browsers.answer(serverClientCalls, serverClientHandlers(servers, core.access));
  agents.answer(serverPanelCalls, serverReportHandlers({ reports, ends, reconciler }));
  agents.listen(serverAgentEvents, serverAgentHandlers(feed));
  agents.watch({
    ready: (nodeId) => {
      feed.nodeChanged(nodeId);
      return ends.startWaiting(nodeId);
    },
    offline: (nodeId) => feed.nodeChanged(nodeId),
  });
  core.onClose(
    core.revocations.on((change) => {
      if (change.kind === 'node-settings') feed.nodeChanged(change.nodeId);
    }),
  );
  return { sweep };
}
