import { AppError } from '@catalyst/shared/contract/errors';
import type { NodeFirewall } from '@catalyst/shared/features/firewall';
import type { AgentDoor } from '../../realtime/agent-door.ts';
import { askNode } from '../nodes/ask-node.ts';
import type { NodeIndex } from '../nodes/node-index.ts';
import type { ServerIndex } from '../servers/server-index.ts';

interface FirewallParts {
  agents: AgentDoor;
  nodeIndex: NodeIndex;
  serverIndex: ServerIndex;
}

/** The agent opens and closes; the panel says whether it shall. */
export class FirewallService {
  readonly #parts: FirewallParts;

  constructor(parts: FirewallParts) {
    this.#parts = parts;
  }

  async report(nodeId: string): Promise<NodeFirewall> {
    const { nodeIndex, serverIndex } = this.#parts;
    const report = await askNode(this.#parts, nodeId, 'firewall:report', {});
    return {
      ...report,
      opens: nodeIndex.find(nodeId)?.opensFirewall ?? false,
      openPorts: report.openPorts.map((opening) => ({
        ...opening,
        serverName: serverIndex.find(opening.serverId)?.name ?? null,
      })),
    };
  }

  /** What was chosen for this node last. One that is offline is told when it comes back. */
  async tell(nodeId: string): Promise<void> {
    const { agents, nodeIndex } = this.#parts;
    const node = nodeIndex.find(nodeId);
    if (!node) return;
    try {
      await agents.call(nodeId, 'firewall:set', { opens: node.opensFirewall });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'node_offline') throw error;
    }
  }
}
