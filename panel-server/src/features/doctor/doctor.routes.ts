import { doctorRoutes } from '@catalyst/shared/features/doctor';
import type { PanelCore } from '../../core.ts';
import { askNode } from '../nodes/ask-node.ts';

/** The agent looks; the panel only passes it on. */
export function registerDoctorRoutes(core: PanelCore): void {
  core.http.route({
    ...doctorRoutes.examine,
    handler: async ({ params: { id } }) => {
      const { checks } = await askNode(core, id, 'node:doctor', { panelTime: Date.now() });
      return { checkedAt: new Date(), checks };
    },
  });
}
