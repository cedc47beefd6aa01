import { templateRoutes } from '@catalyst/shared/features/templates';
import type { PanelHttp } from '../../http/panel-http.ts';
import type { Templates } from './templates.service.ts';

export function registerTemplateRoutes(app: PanelHttp, templates: Templates): void {
  app.route({ ...templateRoutes.list, handler: ({ query }) => templates.list(query) });
  app.route({ ...templateRoutes.get, handler: ({ params }) => templates.get(params.id) });
}
