import { hostname } from 'node:os';
import { join } from 'node:path';
import { nodeAgentEvents } from '@catalyst/shared/features/nodes-link';
import type { PanelCore } from '../../core.ts';
import { namedTarget } from '../../http/audit-target.ts';
import { registerFirewallRoutes } from '../firewall/firewall.routes.ts';
import { FirewallService } from '../firewall/firewall.service.ts';
import type { ServerListCache } from '../servers/server-list-cache.ts';
import type { Templates } from '../templates/templates.service.ts';
import { registerDeployRoutes } from './deploy.routes.ts';
import { DeployService } from './deploy.service.ts';
import { AgentPackages } from './deploy-package.ts';
import { LocalAgent } from './local-agent.ts';
import { NodeLinks } from './node-links.ts';
import { NodePlacement } from './node-placement.ts';
import { nodeAgentHandlers } from './nodes.calls.ts';
import { registerNodeRoutes } from './nodes.routes.ts';
import { NodesService } from './nodes.service.ts';
import { ownAddress } from './own-address.ts';
import { Pairings } from './pairing.ts';

export interface LocalAgentNeeds {
  /** What the local agent may inherit. */
  environment?: NodeJS.ProcessEnv;
  /** Whether the local agent ends with the panel (its games never do). */
  endAgentOnClose?: boolean;
  /** The Node that agents of other machines shall run on; the one that runs this panel, when left out. */
  nodeForAgents?: string;
}

interface NodesNeeds extends LocalAgentNeeds {
  templates: Templates;
  listCache: ServerListCache;
}

export function registerNodes(core: PanelCore, needs: NodesNeeds): { placement: NodePlacement } {
  const { agents, browsers, nodeIndex, revocations, tickets } = core;
  const log = core.log.child({ part: 'nodes' });
  const firewall = new FirewallService(core);
  const nodes = new NodesService({ ...core, clients: browsers, serverList: needs.listCache });
  const links = new NodeLinks({ ...core, nodes });
  const pairings = new Pairings(core, core.isTrusted);
  const deploy = new DeployService({
    database: core.database,
    nodes,
    packages: new AgentPackages({
      agentEntry: core.config.agentEntry,
      nodePath: needs.nodeForAgents ?? process.execPath,
      cacheFolder: join(core.config.dataDir, 'panel', 'agent-package'),
    }),
    pairingFor: (request, nodeId, secret) => pairings.forRequest(request, nodeId, secret),
    log,
  });
  const nodeName = (id: string) => nodeIndex.find(id)?.name;

  const untold = (err: unknown) => log.warn({ err }, 'An agent could not be told what it may open');

  registerNodeRoutes(core.http, {
    nodes,
    deploy,
    templates: needs.templates,
    nameTarget: namedTarget('node', nodeName),
  });
  registerDeployRoutes(core.http, { deploy, nodeName });
  registerFirewallRoutes(core.http, firewall);
  agents.admitWith(links);
  agents.watch({ ready: (nodeId) => firewall.tell(nodeId) });
  agents.listen(nodeAgentEvents, nodeAgentHandlers(links, log));
  core.onClose(
    revocations.on((revocation) => {
      // Its agent may be connected to this panel, and was chosen for at another one.
      if (revocation.kind === 'node-settings') void firewall.tell(revocation.nodeId).catch(untold);
      if (revocation.kind !== 'node') return;
      agents.cut(revocation.nodeId, revocation.reason);
      tickets.endOf(revocation.nodeId);
    }),
  );
  core.onOpen(({ url }) => startLocalAgent(core, nodes, pairings, url, needs));
  return { placement: new NodePlacement({ ...core, nodes }) };
}

/** This machine becomes a node, when there is an agent for it. */
async function startLocalAgent(
  { config, log, onClose }: PanelCore,
  nodes: NodesService,
  pairings: Pairings,
  panelUrl: string,
  { environment = {}, endAgentOnClose = true }: LocalAgentNeeds,
): Promise<void> {
  if (!config.agentEntry) return;
  const { id } = await nodes.ensureLocal(hostname(), await ownAddress());
  const agent = new LocalAgent({
    dataDir: config.dataDir,
    // An agent's garbage is short-lived, and what it holds must not grow without end.
    command: [process.execPath, '--max-semi-space-size=2', '--max-old-space-size=256', config.agentEntry],
    environment,
    pair: async () => pairings.local(panelUrl, id, (await nodes.issueSecret(id)).secret),
    log: log.child({ part: 'agents' }),
  });
  onClose(() => agent.close({ endAgent: endAgentOnClose }));
  await agent.start();
}
