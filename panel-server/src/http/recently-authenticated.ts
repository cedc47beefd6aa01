import { AppError } from '@catalyst/shared/contract/errors';
import type { SessionStore } from '../features/sessions/session-store.ts';
import { callerOf, type PanelHttp } from './panel-http.ts';

/**
 * Routes registered from now on that declare `recentlyAuthenticated` ask for a proof of the last ten minutes: an
 * unlocked screen or a stolen token is not enough for them.
 */
export function requireRecentProofs(app: PanelHttp, sessions: SessionStore): void {
  app.addHook('onRoute', (route) => {
    if (!route.config?.recentlyAuthenticated) return;
    const check = async (request: Parameters<typeof callerOf>[0]) => {
      await requireRecentProof(sessions, callerOf(request).sessionId);
    };
    // After those that find out who asks and whether he may.
    route.onRequest = [route.onRequest ?? [], check].flat();
  });
}

export async function requireRecentProof(sessions: SessionStore, sessionId: string): Promise<void> {
  if (await sessions.authenticatedUntil(sessionId)) return;
  throw new AppError('reauthentication_required', 'Prove once more that it is you');
}
