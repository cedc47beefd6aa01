import { AppError } from '@catalyst/shared/contract/errors';
import { pullRoutes } from '@catalyst/shared/features/pulls';
import type { NameTarget } from '../../http/audit-target.ts';
import type { PanelHttp } from '../../http/panel-http.ts';
import { entryPathBytes, pathBytes } from './file-path.ts';
import type { PullsService } from './pulls.service.ts';

interface PullRoutesParts {
  pulls: PullsService;
  nameTarget: NameTarget;
}

export function registerPullRoutes(app: PanelHttp, { pulls, nameTarget }: PullRoutesParts): void {
  app.route({
    ...pullRoutes.start,
    preHandler: nameTarget,
    handler: async (request, reply) => {
      const { params, body } = request;
      const { url, name, replace, ...folder } = body;
      // What else stands in an address may be a secret.
      const details = { ...body, url: withoutQuery(url) };
      request.auditNote = { ...request.auditNote, details };
      if (name?.includes('/')) {
        const issues = [{ path: 'name', message: 'must be a name, not a path' }];
        throw new AppError('bad_request', 'The name is not right', { issues });
      }
      if (name !== undefined) entryPathBytes({ path: name }, 'name');
      const wish = { url, folder: pathBytes(folder), name, replace };
      return reply.code(202).send(await pulls.start(params.id, wish));
    },
  });
  app.route({
    ...pullRoutes.list,
    handler: async ({ params }) => ({ items: await pulls.list(params.id), nextCursor: null }),
  });
  app.route({
    ...pullRoutes.cancel,
    preHandler: nameTarget,
    handler: async ({ params }, reply) => {
      await pulls.cancel(params.id, params.pullId);
      return reply.code(204).send();
    },
  });
}

function withoutQuery(address: string): string {
  const { origin, pathname } = new URL(address);
  return origin + pathname;
}
