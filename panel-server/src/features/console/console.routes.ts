import { consoleRoutes } from '@catalyst/shared/features/console';
import type { FastifyReply } from 'fastify';
import { callerOf, type PanelHttp } from '../../http/panel-http.ts';
import type { ConsoleService } from './console.service.ts';

export function registerConsoleRoutes(app: PanelHttp, console: ConsoleService): void {
  app.route({ ...consoleRoutes.logs, handler: ({ params, query }) => console.logs(params.id, query) });
  app.route({
    ...consoleRoutes.command,
    handler: async (request) => {
      const { seq, lines } = await console.command(callerOf(request).userId, request.params.id, request.body);
      return { seq, ...(lines && { lines: lines.map((line) => ({ ...line, at: new Date(line.at) })) }) };
    },
  });
  app.route({
    ...consoleRoutes.download,
    handler: async (request, reply) => {
      const { name, body } = await console.download(request.params.id, whenGone(reply));
      return reply
        .header('content-disposition', `attachment; filename="${safeFileName(name)}.log"`)
        .header('x-content-type-options', 'nosniff')
        .type('text/plain; charset=utf-8')
        .send(body);
    },
  });
}

/** Aborted when the client hangs up before its answer is complete. */
export function whenGone({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once('close', () => controller.abort());
  return controller.signal;
}

/** What no header, shell or file system misreads. */
function safeFileName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+|[.-]+$/g, '') || 'server';
}
