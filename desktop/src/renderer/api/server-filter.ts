import type { Server } from '@catalyst/shared/features/servers';
import type { ServerFilter } from './keys.ts';

/** Whether a list made with this filter holds the server, as the panel decides it: every word occurs somewhere. */
export function matchesFilter(server: Server, filter: ServerFilter): boolean {
  const { q = '', state, nodeId, tag, group } = filter;
  if (state && server.state !== state) return false;
  if (nodeId && server.node.id !== nodeId) return false;
  if (tag && !server.tags.includes(tag)) return false;
  if (group && server.group !== group) return false;
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const text = searchedText(server);
  return words.every((word) => text.includes(word));
}

function searchedText({ name, description, tags, group, template, node, owner, ...server }: Server): string {
  const addresses = [server.address, ...server.portBindings.map(({ address }) => address)];
  const names = [name, description, ...tags, group, template.name, node.name, owner.name];
  const ids = [server.id, template.id, node.id, owner.id];
  return [...names, ...addresses, ...ids].join('\n').toLowerCase();
}
