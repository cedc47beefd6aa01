import type { PanelCore } from '../../core.ts';
import { namedTarget } from '../../http/audit-target.ts';
import { InvitesService } from './invites.service.ts';
import { registerSubuserRoutes } from './subusers.routes.ts';
import { SubusersService } from './subusers.service.ts';

export function registerSubusers(core: PanelCore): void {
  const subusers = new SubusersService(core);
  const invites = new InvitesService({ ...core, subusers });
  registerSubuserRoutes(core.http, {
    subusers,
    invites,
    nameTarget: namedTarget('server', (id) => core.serverIndex.find(id)?.name),
    nameOfUser: async (id) => (await core.users.names([id])).get(id),
  });
}
