import { finished } from 'node:stream/promises';
import { AppError } from '@catalyst/shared/contract/errors';
import { dataPlaneRoutes } from '@catalyst/shared/features/data-plane';
import type { PanelHttp } from '../../http/panel-http.ts';
import type { Tickets } from './tickets.ts';

const idleMs = 120_000;

/** Where agents deliver and fetch streams. A body is not parsed: whoever waits for it reads it as fast as he can. */
export async function registerDataPlaneRoutes(app: PanelHttp, tickets: Tickets): Promise<void> {
  await app.register(async (streams) => {
    streams.removeAllContentTypeParsers();
    streams.addContentTypeParser('*', (_request, _payload, done) => done(null));
    (streams as unknown as PanelHttp).route({
      ...dataPlaneRoutes.upload,
      handler: async ({ params, raw }, reply) => {
        tickets.redeem(params.ticket, raw);
        raw.setTimeout(idleMs, () => raw.destroy());
        // Ended by the agent, or destroyed because the reader is gone.
        await finished(raw, { writable: false }).catch((cause: unknown) => {
          throw new AppError('unavailable', 'The reader of this stream is gone', { cause });
        });
        return reply.code(204).send();
      },
    });
    (streams as unknown as PanelHttp).route({
      ...dataPlaneRoutes.download,
      handler: ({ params }, reply) => {
        const body = tickets.collect(params.ticket);
        // An agent that takes nothing for so long is gone.
        reply.raw.setTimeout(idleMs, () => body.destroy());
        return reply.type('application/octet-stream').send(body);
      },
    });
  });
}
