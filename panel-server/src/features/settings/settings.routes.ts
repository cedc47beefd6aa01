import { settingRoutes } from '@catalyst/shared/features/settings';
import type { PanelHttp } from '../../http/panel-http.ts';
import type { PanelSettings } from './panel-settings.ts';

export function registerSettingRoutes(app: PanelHttp, settings: PanelSettings): void {
  app.route({ ...settingRoutes.get, handler: () => settings.describe() });
  app.route({ ...settingRoutes.update, handler: ({ body }) => settings.update(body) });
}
