import { nodeRoutes } from '@catalyst/shared/features/nodes';
import type { NameTarget } from '../../http/audit-target.ts';
import { callerOf, type PanelHttp } from '../../http/panel-http.ts';
import type { Templates } from '../templates/templates.service.ts';
import type { DeployService } from './deploy.service.ts';
import type { NodesService } from './nodes.service.ts';

export interface NodeRoutesParts {
  nodes: NodesService;
  deploy: DeployService;
  templates: Templates;
  nameTarget: NameTarget;
}

export function registerNodeRoutes(app: PanelHttp, parts: NodeRoutesParts): void {
  const { nodes, deploy, templates, nameTarget } = parts;
  app.route({ ...nodeRoutes.list, handler: (request) => nodes.list(callerOf(request), request.query) });
  app.route({
    ...nodeRoutes.create,
    handler: async ({ body }, reply) => reply.code(201).send(await nodes.create(body)),
  });
  app.route({ ...nodeRoutes.get, handler: ({ params }) => nodes.get(params.id) });
  app.route({
    ...nodeRoutes.update,
    preHandler: nameTarget,
    handler: ({ params, body }) => nodes.update(params.id, body),
  });
  app.route({
    ...nodeRoutes.delete,
    preHandler: nameTarget,
    handler: async ({ params }, reply) => {
      await nodes.delete(params.id);
      return reply.code(204).send();
    },
  });
  app.route({
    ...nodeRoutes.deploymentToken,
    preHandler: nameTarget,
    handler: async (request, reply) =>
      reply.code(201).send(await deploy.issue(request.raw, request.params.id)),
  });
  app.route({
    ...nodeRoutes.installHostPackages,
    preHandler: nameTarget,
    handler: ({ params, body }) => nodes.installHostPackages(params.id, templates.get(body.templateId)),
  });
}
