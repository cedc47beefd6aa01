import type { EventHandlers } from '@catalyst/shared/contract/rpc';
import type { nodeAgentEvents } from '@catalyst/shared/features/nodes-link';
import type { Logger } from '../../logger.ts';
import type { NodeLinks } from './node-links.ts';

/** What agents say of their machines. */
export const nodeAgentHandlers =
  (links: NodeLinks, log: Logger) =>
  (nodeId: string): Required<EventHandlers<typeof nodeAgentEvents>> => ({
    health_report: (report) => {
      links
        .health(nodeId, report)
        .catch((error: unknown) => log.error({ err: error, nodeId }, 'A health report was not taken in'));
    },
  });
