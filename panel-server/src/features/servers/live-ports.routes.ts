import { AppError } from '@catalyst/shared/contract/errors';
import { livePortRoutes } from '@catalyst/shared/features/live-ports';
import type { PanelCore } from '../../core.ts';
import { askNode } from '../nodes/ask-node.ts';

/** Only the node knows; the panel passes it on. */
export function registerLivePortRoutes(core: PanelCore): void {
  core.http.route({
    ...livePortRoutes.list,
    handler: ({ params: { id } }) => {
      const server = core.serverIndex.find(id);
      if (!server) throw new AppError('not_found', 'There is no such server');
      return askNode(core, server.nodeId, 'ports:live', { serverId: id });
    },
  });
}
