import { nodeOffline } from '../../realtime/agent-connection.ts';
import type { AgentDoor } from '../../realtime/agent-door.ts';
import type { LineSource } from './console-viewer.ts';

/** Console lines, from the agent of whichever node a server is on. */
export function agentLines(
  agents: AgentDoor,
  serverIndex: { find(serverId: string): { nodeId: string } | undefined },
): LineSource {
  const nodeOf = (serverId: string): string => {
    const place = serverIndex.find(serverId);
    if (!place) throw nodeOffline();
    return place.nodeId;
  };
  return {
    watch: async (serverId, watch) => agents.call(nodeOf(serverId), 'console:watch', { serverId, watch }),
    read: async (serverId, after, limit) =>
      agents.call(nodeOf(serverId), 'console:read', { serverId, after, limit }),
  };
}
