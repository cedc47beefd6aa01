import { hash } from 'node:crypto';
import { AppError } from '@catalyst/shared/contract/errors';
import { systemRoutes } from '@catalyst/shared/features/system';
import type { PanelCore } from '../../core.ts';
import { isInsecureTransport } from '../../http/transport.ts';
import { panelVersion } from '../../version.ts';

export function registerSystemRoutes(core: PanelCore): void {
  const startedAt = new Date().toISOString();
  core.http.route({
    ...systemRoutes.health,
    handler: async () => {
      if (!(await core.readiness.isReady())) throw new AppError('unavailable', 'The panel is not ready');
      return { status: 'ok' as const };
    },
  });
  core.http.route({
    ...systemRoutes.info,
    handler: (request) => ({
      version: panelVersion,
      database: core.databaseKind,
      insecureTransport: isInsecureTransport(request),
      tlsFingerprint: core.tlsFingerprint,
      panelFingerprint: hash('sha256', Buffer.from(core.identity.publicKey, 'base64url'), 'hex'),
      dataDirectory: core.config.dataDir,
      startedAt,
    }),
  });
}
