import { sftpRoutes, sshKeyRoutes } from '@catalyst/shared/features/sftp';
import type { FastifyRequest } from 'fastify';
import { type NameTarget, namedTarget } from '../../http/audit-target.ts';
import { type ProxyTrust, requestHost } from '../../http/client-address.ts';
import { callerOf, type PanelHttp } from '../../http/panel-http.ts';
import type { HostKey } from './host-key.ts';
import type { SftpServer } from './sftp-server.ts';
import type { SftpTokens } from './sftp-tokens.ts';
import type { SshKeys } from './ssh-keys.service.ts';

interface SftpRoutesParts {
  server: SftpServer;
  hostKey(): Promise<HostKey>;
  tokens: SftpTokens;
  sshKeys: SshKeys;
  nameTarget: NameTarget;
  publicUrl: URL | undefined;
  isTrusted: ProxyTrust;
}

export function registerSftpRoutes(app: PanelHttp, parts: SftpRoutesParts): void {
  const { server, hostKey, tokens, sshKeys, nameTarget, publicUrl, isTrusted } = parts;
  const hostOf = (request: FastifyRequest) =>
    publicUrl?.hostname ?? requestHost(request.raw, isTrusted).replace(/:\d+$/, '');

  app.route({
    ...sftpRoutes.get,
    handler: async (request) => ({
      host: hostOf(request),
      port: server.port,
      problem: server.problem,
      user: `${callerOf(request).name}.${request.params.id}`,
      hostKeyFingerprint: (await hostKey()).fingerprint,
    }),
  });
  app.route({
    ...sftpRoutes.makeToken,
    preHandler: nameTarget,
    handler: async (request, reply) =>
      reply.code(201).send(await tokens.make(callerOf(request), request.params.id)),
  });
  app.route({
    ...sshKeyRoutes.list,
    handler: async (request) => ({ items: await sshKeys.listOf(callerOf(request).userId) }),
  });
  app.route({
    ...sshKeyRoutes.add,
    handler: async (request, reply) =>
      reply.code(201).send(await sshKeys.add(callerOf(request), request.body)),
  });
  app.route({
    ...sshKeyRoutes.remove,
    preHandler: namedTarget('sshkey', (id) => sshKeys.nameOf(id)),
    handler: async (request, reply) => {
      await sshKeys.remove(request.params.id, callerOf(request));
      return reply.code(204).send();
    },
  });
}
