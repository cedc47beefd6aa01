import { mailRoutes } from '@catalyst/shared/features/mail';
import type { PanelHttp } from '../../http/panel-http.ts';
import type { Mail } from './mail.service.ts';

export function registerMailRoutes(app: PanelHttp, mail: Mail): void {
  app.route({ ...mailRoutes.get, handler: () => mail.state() });
  app.route({ ...mailRoutes.set, handler: ({ body }) => mail.set(body) });
  app.route({
    ...mailRoutes.remove,
    handler: async (_request, reply) => {
      await mail.settings.remove();
      return reply.code(204).send();
    },
  });
  app.route({ ...mailRoutes.test, handler: ({ body }) => mail.test(body.to) });
  app.route({ ...mailRoutes.outbox, handler: ({ query }) => mail.list(query) });
  app.route({ ...mailRoutes.retry, handler: ({ params }) => mail.retry(params.id) });
}
