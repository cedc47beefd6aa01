import { createReadStream } from 'node:fs';
import { deployRoutes } from '@catalyst/shared/features/deploy';
import type { FastifyRequest } from 'fastify';
import type { PanelHttp } from '../../http/panel-http.ts';
import type { DeployService } from './deploy.service.ts';

export interface DeployRoutesParts {
  deploy: DeployService;
  nodeName(nodeId: string): string | undefined;
}

export function registerDeployRoutes(app: PanelHttp, { deploy, nodeName }: DeployRoutesParts): void {
  const note = (request: FastifyRequest, nodeId: string) => {
    request.auditNote = {
      ...request.auditNote,
      target: { kind: 'node', id: nodeId, name: nodeName(nodeId) },
    };
  };
  app.route({
    ...deployRoutes.script,
    // Whoever only looks whether there is something would use the code up.
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const { nodeId, script } = await deploy.script(request.raw, request.params.token);
      note(request, nodeId);
      return reply.type('text/x-shellscript; charset=utf-8').serializer(String).send(script);
    },
  });
  app.route({
    ...deployRoutes.package,
    handler: async (request, reply) => {
      const { nodeId, path, sizeBytes } = await deploy.package(request.body.secret);
      note(request, nodeId);
      return reply.type('application/gzip').header('content-length', sizeBytes).send(createReadStream(path));
    },
  });
  app.route({
    ...deployRoutes.enrolment,
    handler: async (request) => {
      const { nodeId, token, expiresAt } = await deploy.enrolment(request.raw, request.body.secret);
      note(request, nodeId);
      return { token, expiresAt };
    },
  });
}
