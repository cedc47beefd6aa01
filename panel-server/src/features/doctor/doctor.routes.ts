import { AppError } from '@catalyst/shared/contract/errors';
import { doctorRoutes } from '@catalyst/shared/features/doctor';
import type { PanelCore } from '../../core.ts';

/** The agent looks; the panel only passes it on. */
export function registerDoctorRoutes({ http, agents, nodeIndex }: PanelCore): void {
  http.route({
    ...doctorRoutes.examine,
    handler: async ({ params: { id } }) => {
      if (!nodeIndex.find(id)) throw new AppError('not_found', 'There is no such node');
      const { checks } = await agents.call(id, 'node:doctor', { panelTime: Date.now() });
      return { checkedAt: new Date(), checks };
    },
  });
}
