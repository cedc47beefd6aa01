import { AppError } from '@catalyst/shared/contract/errors';
import { type SystemInfo, systemRoutes } from '@catalyst/shared/features/system';
import type { z } from 'zod';
import type { PanelHttp } from '../../http/panel-http.ts';
import { isInsecureTransport } from '../../http/transport.ts';
import type { Readiness } from './readiness.ts';

export type SystemFacts = Omit<z.output<typeof SystemInfo>, 'insecureTransport'>;

export function registerSystemRoutes(app: PanelHttp, readiness: Readiness, facts: SystemFacts): void {
  app.route({
    ...systemRoutes.health,
    handler: async () => {
      if (!(await readiness.isReady())) throw new AppError('unavailable', 'The panel is not ready');
      return { status: 'ok' as const };
    },
  });
  app.route({
    ...systemRoutes.info,
    handler: (request) => ({ ...facts, insecureTransport: isInsecureTransport(request) }),
  });
}
