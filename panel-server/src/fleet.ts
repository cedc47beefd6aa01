import { hostname } from 'node:os';
import { join } from 'node:path';
import type { PanelCore } from './core.ts';
import { registerConsoleRoutes } from './features/console/console.routes.ts';
import { ConsoleService } from './features/console/console.service.ts';
import { registerDataPlaneRoutes } from './features/data-plane/data-plane.routes.ts';
import { Tickets } from './features/data-plane/tickets.ts';
import { LocalAgent } from './features/nodes/local-agent.ts';
import { NodeIndex } from './features/nodes/node-index.ts';
import { NodeLinks } from './features/nodes/node-links.ts';
import { NodePlacement } from './features/nodes/node-placement.ts';
import { registerNodeRoutes } from './features/nodes/nodes.routes.ts';
import { NodesService } from './features/nodes/nodes.service.ts';
import { ownAddress } from './features/nodes/own-address.ts';
import { Pairings } from './features/nodes/pairing.ts';
import { agentListener } from './features/servers/agent-listener.ts';
import { clientHandlers } from './features/servers/client-handlers.ts';
import { ServerCreation } from './features/servers/create-server.ts';
import { LiveValues } from './features/servers/live-values.ts';
import { OperationEnds } from './features/servers/operation-ends.ts';
import type { PortRange } from './features/servers/ports.ts';
import { Reconciler } from './features/servers/reconcile.ts';
import { ServerRemoval } from './features/servers/remove-server.ts';
import { ServerFeed } from './features/servers/server-feed.ts';
import { ServerIndex } from './features/servers/server-index.ts';
import { ServerListCache } from './features/servers/server-list-cache.ts';
import { ServerOrders } from './features/servers/server-orders.ts';
import { ServerReports } from './features/servers/server-reports.ts';
import { ServerSpecs } from './features/servers/server-specs.ts';
import { ServerSweep } from './features/servers/server-sweep.ts';
import { registerServerRoutes } from './features/servers/servers.routes.ts';
import { ServersService } from './features/servers/servers.service.ts';
import { catalogue } from './features/templates/catalogue.ts';
import { readTemplateFolder } from './features/templates/template-folder.ts';
import { registerTemplateRoutes } from './features/templates/templates.routes.ts';
import { Templates } from './features/templates/templates.service.ts';
import { namedTarget } from './http/audit-target.ts';
import { clientAddress, trustProxies } from './http/client-address.ts';
import type { Logger } from './logger.ts';
import { agentAudit, violationLog } from './realtime/agent-audit.ts';
import type { AgentListener } from './realtime/agent-door.ts';
import { agentLines } from './realtime/agent-lines.ts';
import { Agents } from './realtime/agents.ts';
import { Browsers, type ClientHandlers } from './realtime/browsers.ts';
import { ConsoleRelay } from './realtime/console-relay.ts';
import { panelVersion } from './version.ts';

export interface FleetOptions {
  templates?: Templates;
  /** Where ports of servers are taken from. */
  portRange?: PortRange;
  /** How often overdue operations are looked for. */
  sweepEveryMs?: number;
  /** What the local agent may inherit. */
  environment?: NodeJS.ProcessEnv;
  /** Whether the local agent ends with the panel (its games never do). */
  endAgentOnClose?: boolean;
}

export interface Fleet {
  agents: Agents;
  nodes: NodesService;
  sweep: ServerSweep;
  /** Once the panel listens: this machine becomes a node, when there is an agent for it. */
  start(panelUrl: string): Promise<void>;
}

/** Nodes, servers and consoles: everything that needs agents, put together. */
export async function openFleet(
  core: PanelCore,
  closers: (() => unknown)[],
  options: FleetOptions = {},
): Promise<Fleet> {
  const { database, secretBox: secrets, users, access, audit, revocations, config } = core;
  const { portRange = { from: 1024, to: 65_535 } } = options;
  const log = core.log.child({ part: 'servers' });
  const templates = options.templates ?? (await knownTemplates(config.dataDir, log));
  const isTrusted = trustProxies(config.trustedProxies);

  const nodeIndex = new NodeIndex();
  const serverIndex = new ServerIndex();
  await nodeIndex.load(database);
  await serverIndex.load(database);
  access.resolveServersWith((serverId, { userId }) => {
    const place = serverIndex.find(serverId);
    return place && { ownsServer: place.ownerId === userId };
  });

  // The sockets come first and the services that answer them last: each needs the other.
  let listener: AgentListener | undefined;
  let handlers: ClientHandlers | undefined;
  const clients: Browsers = new Browsers(
    core,
    isTrusted,
    (serverId) => serverIndex.find(serverId)?.name,
    () => relay,
    () => required(handlers),
  );
  closers.push(() => clients.close());
  const recordAgent = agentAudit(audit, (nodeId) => nodeIndex.find(nodeId)?.name);
  const violation = violationLog(recordAgent, log);
  const agents: Agents = new Agents(
    core.io,
    {
      panel: core.identity,
      panelVersion,
      registry: {
        agentKeyOf: (nodeId) => links.agentKeyOf(nodeId),
        enrol: (...about) => links.enrol(...about),
        remark: (...about) => links.remark(...about),
        online: (...about) => links.online(...about),
        offline: (nodeId) => links.offline(nodeId),
      },
      nodeOf: (serverId) => serverIndex.find(serverId)?.nodeId,
      addressOf: ({ request }) => clientAddress(request, isTrusted),
      audit: recordAgent,
      violation,
      log: core.log.child({ part: 'agents' }),
    },
    () => required(listener),
  );
  closers.push(() => agents.close());
  const relay: ConsoleRelay = new ConsoleRelay(agentLines(agents, serverIndex), clients);
  closers.push(() => relay.close());

  const listCache = new ServerListCache();
  const live = new LiveValues();
  const nodes = new NodesService({
    database,
    nodeIndex,
    agents,
    clients,
    serverList: listCache,
    revocations,
  });
  const feed = new ServerFeed({ clients, list: listCache, live, serverIndex });
  const links: NodeLinks = new NodeLinks({
    database,
    nodeIndex,
    nodes,
    onPresence: (nodeId) => feed.nodeChanged(nodeId),
  });
  const placement = new NodePlacement({ nodeIndex, agents, nodes });
  const specs = new ServerSpecs({ database, templates, secrets, log });
  const orders = new ServerOrders({ database, agents, templates, specs, feed, log });
  const removal = new ServerRemoval({ database, serverIndex, feed, revocations });
  const ends = new OperationEnds({ database, agents, orders, removal, feed, log });
  const reports = new ServerReports({
    database,
    feed,
    onImpossible: ({ id, nodeId, state: from }, { state: to }) =>
      violation({
        nodeId,
        about: `impossible ${id}`,
        details: { kind: 'impossible_report', serverId: id, from, to },
      }),
  });
  const reconciler = new Reconciler({
    database,
    reports,
    orders,
    specs,
    ends,
    removal,
    feed,
    onOrphans: (nodeId, serverIds) =>
      violation({
        nodeId,
        about: 'orphans',
        details: { kind: 'orphans', count: serverIds.length, serverIds: serverIds.slice(0, 20) },
      }),
    log,
  });
  const tickets = new Tickets();
  const console = new ConsoleService({ database, agents, relay, tickets });
  const creation = new ServerCreation({ database, agents, placement, templates, orders, secrets, portRange });
  const servers = new ServersService({
    database,
    secrets,
    agents,
    users,
    nodeIndex,
    templates,
    serverIndex,
    creation,
    orders,
    specs,
    removal,
    feed,
    live,
    listCache,
  });
  const sweep = new ServerSweep({
    database,
    agents,
    templates,
    orders,
    feed,
    log,
    everyMs: options.sweepEveryMs ?? 5000,
  });
  closers.push(() => sweep.close());
  const pairings = new Pairings(core, isTrusted);

  listener = agentListener({
    links,
    reports,
    ends,
    reconciler,
    feed,
    relay,
    onFailure: (error, nodeId) => log.error({ err: error, nodeId }, "An agent's message was not taken in"),
  });
  handlers = clientHandlers({ access, servers, serverIndex, console, relay });
  closers.push(
    revocations.on((revocation) => {
      if (revocation.kind !== 'node') return;
      agents.cut(revocation.nodeId, revocation.reason);
      tickets.endOf(revocation.nodeId);
    }),
  );

  const nameTarget = namedTarget('server', (id) => serverIndex.find(id)?.name);
  registerTemplateRoutes(core.http, templates);
  registerNodeRoutes(core.http, {
    nodes,
    templates,
    nameTarget: namedTarget('node', (id) => nodeIndex.find(id)?.name),
    pairingFor: (request, nodeId, secret) => pairings.forRequest(request.raw, nodeId, secret),
  });
  registerServerRoutes(core.http, servers, nameTarget);
  registerConsoleRoutes(core.http, { console, nameTarget, revocations });
  await registerDataPlaneRoutes(core.http, tickets);
  return {
    agents,
    nodes,
    sweep,
    start: async (panelUrl) => {
      if (!config.agentEntry) return;
      const { id } = await nodes.ensureLocal(hostname(), await ownAddress());
      const agent = new LocalAgent({
        dataDir: config.dataDir,
        // An agent's garbage is short-lived, and what it holds must not grow without end.
        command: [process.execPath, '--max-semi-space-size=2', '--max-old-space-size=256', config.agentEntry],
        environment: options.environment ?? {},
        pair: async () => pairings.local(panelUrl, id, (await nodes.issueSecret(id)).secret),
        log: core.log.child({ part: 'agents' }),
      });
      closers.push(() => agent.close({ endAgent: options.endAgentOnClose ?? true }));
      await agent.start();
    },
  };
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('A connection came before the panel was put together');
  return value;
}

async function knownTemplates(dataDir: string, log: Logger): Promise<Templates> {
  const added = await readTemplateFolder(join(dataDir, 'panel', 'templates'), catalogue, log);
  return new Templates([...catalogue, ...added]);
}
