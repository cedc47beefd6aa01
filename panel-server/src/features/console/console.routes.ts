import { consoleRoutes } from '@catalyst/shared/features/console';
import type { AccessRules } from '../../access.ts';
import type { NameTarget } from '../../http/audit-target.ts';
import { endWhenRevoked } from '../../http/end-when-revoked.ts';
import { callerOf, type PanelHttp } from '../../http/panel-http.ts';
import type { Revocations } from '../../revocations.ts';
import type { ConsoleService } from './console.service.ts';

interface ConsoleRoutesParts {
  console: ConsoleService;
  nameTarget: NameTarget;
  revocations: Revocations;
  access: AccessRules;
}

export function registerConsoleRoutes(app: PanelHttp, parts: ConsoleRoutesParts): void {
  const { console, nameTarget } = parts;
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
      const gone = new AbortController();
      const stream = { caller: callerOf(request), serverId: id, permission: 'console.read' as const };
      // Also while nothing has come yet: what was asked for by somebody who lost the right is not fetched.
      const stop = endWhenRevoked(parts, stream, () => gone.abort());
      reply.raw.once('close', () => {
        stop();
        gone.abort();
      });
      const { name, body } = await console.download(id, gone.signal);
      gone.signal.addEventListener('abort', () => body.destroy());
      if (gone.signal.aborted) body.destroy();
      return reply
        .header('content-disposition', `attachment; filename="${safeFileName(name)}.log"`)
        .header('x-content-type-options', 'nosniff')
        .type('text/plain; charset=utf-8')
        .send(body);
    },
  });
}

/** What no header, shell or file system misreads. */
function safeFileName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+|[.-]+$/g, '') || 'server';
}
