import { StartError } from '@catalyst/shared/node/start-error';
import type { DataSource } from 'typeorm';
import type { AuditService } from '../features/audit/audit.service.ts';
import type { Logger } from '../logger.ts';
import { Resealing } from './resealing.ts';
import type { SecretKeys } from './secret-keys.ts';

/**
 * Gives the panel a new key when that is asked for, and seals everything with it. A start that died on the way left old
 * keys in the file: then this one goes on, asked or not. Old keys are dropped when nothing is sealed with them any more.
 */
export async function rotateSecrets(
  keys: SecretKeys,
  { database, audit, log }: { database: DataSource; audit: AuditService; log: Logger },
  isAsked: boolean,
): Promise<void> {
  const record = (outcome: 'success' | 'failure', details: Record<string, number> = {}) =>
    audit.record({ action: 'panel.rotate-secrets', outcome, actor: { kind: 'system' }, details });
  if (!isAsked && !keys.hasOldKeys) return;
  try {
    if (!keys.hasOldKeys) await keys.addKey();
    log.info('Stored secrets are being sealed with a new key');
    const resealing = new Resealing(database, keys.box);
    const resealed = await resealing.run();
    for (const row of resealing.unopened) {
      log.warn(row, 'A stored secret that no key opens was left as it is; enter it again');
    }
    // Before it cannot be undone: what is not on record has not happened.
    await record('success', { resealed, unopened: resealing.unopened.length });
    await keys.dropOldKeys();
    log.info(
      { resealed, unopened: resealing.unopened.length },
      'Stored secrets are sealed with the new key; the old keys open none and were dropped',
    );
  } catch (cause) {
    // When this cannot be written either, the log says so.
    await record('failure').catch(() => {});
    throw new StartError(
      `The stored secrets could not be sealed with the new key: ${(cause as Error).message}. ` +
        'Nothing is lost, as the old key is kept until then; the next start goes on.',
      { cause },
    );
  }
}
