import { consoleRoutes } from '@catalyst/shared/features/console';
import type { FastifyReply } from 'fastify';
import type { NameTarget } from '../../http/audit-target.ts';
import { endWhenRevoked } from '../../http/end-when-revoked.ts';
import { callerOf, type PanelHttp } from '../../http/panel-http.ts';
import type { Revocations } from '../../revocations.ts';
import type { ConsoleService } from './console.service.ts';

interface ConsoleRoutesParts {
  console: ConsoleService;
  nameTarget: NameTarget;
  revocations: Revocations;
}

export function registerConsoleRoutes(app: PanelHttp, parts: ConsoleRoutesParts): void {
  const { console, nameTarget, revocations } = parts;
  app.route({ ...consoleRoutes.logs, handler: ({ params, query }) => console.logs(params.id, query) });
  app.route({
    ...consoleRoutes.command,
    preHandler: nameTarget,
    handler: async (request) => {
      const { seq, lines } = await console.command(callerOf(request).userId, request.params.id, request.body);
      return { seq, ...(lines && { lines: lines.map((line) => ({ ...line, at: new Date(line.at) })) }) };
    },
  });
  app.route({
    ...consoleRoutes.download,
    handler: async (request, reply) => {
      const { id } = request.params;
      const { name, body } = await console.download(id, whenGone(reply));
      const stop = endWhenRevoked(revocations, callerOf(request), id, () => body.destroy());
      body.once('close', stop);
      return reply
        .header('content-disposition', `attachment; filename="${safeFileName(name)}.log"`)
        .header('x-content-type-options', 'nosniff')
        .type('text/plain; charset=utf-8')
        .send(body);
    },
  });
}

/** Aborted when the client hangs up before its answer is complete. */
function whenGone({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once('close', () => controller.abort());
  return controller.signal;
}

/** What no header, shell or file system misreads. */
function safeFileName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+|[.-]+$/g, '') || 'server';
}
