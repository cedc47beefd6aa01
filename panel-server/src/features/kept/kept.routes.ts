import { keptRoutes } from '@catalyst/shared/features/kept';
import type { PanelCore } from '../../core.ts';
import { askNode } from '../nodes/ask-node.ts';

/** What deleted servers left is on the node alone; the panel only passes it on. */
export function registerKeptRoutes(core: PanelCore): void {
  core.http.route({
    ...keptRoutes.list,
    handler: async ({ params: { id } }) => {
      const { items } = await askNode(core, id, 'kept:list', {});
      return { items: items.map((item) => ({ ...item, keptAt: new Date(item.keptAt) })) };
    },
  });
  core.http.route({
    ...keptRoutes.wipe,
    handler: async (request, reply) => {
      const { id, serverId } = request.params;
      const target = { kind: 'node', id, name: core.nodeIndex.find(id)?.name };
      request.auditNote = { ...request.auditNote, target, details: { serverId } };
      const { name } = await askNode(core, id, 'kept:wipe', { serverId });
      request.auditNote = { ...request.auditNote, details: { serverId, name } };
      return reply.code(204).send();
    },
  });
}
