import type { ChainReport } from '@catalyst/shared/features/audit';
import type { PanelCore } from '../../core.ts';
import { registerAuditRoutes } from './audit.routes.ts';
import { AuditArchiveService } from './audit-archive.service.ts';
import { AuditSearch } from './audit-search.ts';

export function registerAudit(core: PanelCore): void {
  const { audit, database, settings } = core;
  const log = core.log.child({ part: 'audit' });
  const archive = new AuditArchiveService({ database, settings, head: audit.head, log });
  core.onOpen(() => archive.start());
  core.onClose(() => archive.close());

  let checking: Promise<ChainReport> | undefined;
  /** One at a time: whoever asks meanwhile gets the same answer. */
  const checkChain = () => {
    checking ??= check().finally(() => {
      checking = undefined;
    });
    return checking;
  };
  const check = async (): Promise<ChainReport> => {
    const { head } = audit;
    const { latest, publicKey } = head;
    const signedHead = { ...latest, signature: head.sign(latest), publicKey };
    const { brokenAt, ...finding } = await audit.verify();
    if (brokenAt !== null) log.error({ brokenAt, ...finding }, 'The chain of the audit log is broken');
    return { ...finding, isIntact: brokenAt === null, brokenAt, head: signedHead, checkedAt: new Date() };
  };

  registerAuditRoutes(core.http, { ...core, search: new AuditSearch(database), archive, checkChain });
}
