import { firewallRoutes } from '@catalyst/shared/features/firewall';
import type { PanelHttp } from '../../http/panel-http.ts';
import type { FirewallService } from './firewall.service.ts';

export function registerFirewallRoutes(app: PanelHttp, firewall: FirewallService): void {
  app.route({ ...firewallRoutes.get, handler: ({ params }) => firewall.report(params.id) });
}
