import { consoleRoutes } from '@catalyst/shared/features/console';
import type { AccessRules, Caller } from '../../access.ts';
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
  const { console, nameTarget, access, revocations } = parts;
  const endWithRight = (caller: Caller, serverId: string, gone: AbortController) =>
    endWhenRevoked(
      revocations,
      caller,
      () => access.mayOnServer(caller, 'console.read', serverId),
      (reason) => gone.abort(reason),
    );

  app.route({ ...consoleRoutes.logs, handler: ({ params, query }) => console.logs(params.id, query) });
  app.route({
    ...consoleRoutes.command,
    preHandler: nameTarget,
    handler: async (request) => {
      const { id } = request.params;
      const caller = callerOf(request);
      // What the game answers is for those who may read it.
      if (request.body.waitMs !== undefined) await access.authorize(caller, 'console.read', id);
      const gone = new AbortController();
      const stop = endWithRight(caller, id, gone);
      const { seq, lines } = await console
        .command(caller.userId, id, request.body, gone.signal)
        .finally(stop);
      return { seq, ...(lines && { lines: lines.map((line) => ({ ...line, at: new Date(line.at) })) }) };
    },
  });
  app.route({
    ...consoleRoutes.download,
    handler: async (request, reply) => {
      const { id } = request.params;
      const gone = new AbortController();
      // Also while nothing has come yet: what was asked for by somebody who lost the right is not fetched.
      const stop = endWithRight(callerOf(request), id, gone);
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
