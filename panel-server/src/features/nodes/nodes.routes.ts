import type { Pairing } from '@catalyst/shared/features/agent-link';
import { nodeRoutes } from '@catalyst/shared/features/nodes';
import { toDeploymentToken } from '@catalyst/shared/node/deployment-token';
import type { FastifyRequest } from 'fastify';
import type { NameTarget } from '../../http/audit-target.ts';
import type { PanelHttp } from '../../http/panel-http.ts';
import type { Templates } from '../templates/templates.service.ts';
import type { NodesService } from './nodes.service.ts';

export interface NodeRoutesParts {
  nodes: NodesService;
  templates: Templates;
  nameTarget: NameTarget;
  /** What an agent of another machine is told about this panel, which the request reached. */
  pairingFor(request: FastifyRequest, nodeId: string, secret: string): Pairing;
}

export function registerNodeRoutes(app: PanelHttp, parts: NodeRoutesParts): void {
  const { nodes, templates, nameTarget, pairingFor } = parts;
  app.route({ ...nodeRoutes.list, handler: ({ query }) => nodes.list(query) });
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
    handler: async (request, reply) => {
      const { secret, expiresAt } = await nodes.issueSecret(request.params.id);
      const token = toDeploymentToken(pairingFor(request, request.params.id, secret));
      return reply.code(201).send({ token, expiresAt });
    },
  });
  app.route({
    ...nodeRoutes.installHostPackages,
    preHandler: nameTarget,
    handler: ({ params, body }) => nodes.installHostPackages(params.id, templates.get(body.templateId)),
  });
}
