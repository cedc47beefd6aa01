import { Readable } from 'node:stream';
import { permissions } from '@catalyst/shared/contract/permissions';
import { type AuditEntry, auditRoutes, type ChainReport } from '@catalyst/shared/features/audit';
import type { FastifyRequest } from 'fastify';
import { type AccessRules, type Caller, isPermitted } from '../../access.ts';
import { endWhenRevoked } from '../../http/end-when-revoked.ts';
import { callerOf, type PanelHttp } from '../../http/panel-http.ts';
import type { Revocations } from '../../revocations.ts';
import { answerOf, cursorOf, placeOfCursor } from './audit-answer.ts';
import type { AuditArchiveService } from './audit-archive.service.ts';
import { exportText } from './audit-export.ts';
import type { AuditSearch } from './audit-search.ts';

interface AuditRoutesParts {
  search: AuditSearch;
  archive: AuditArchiveService;
  access: AccessRules;
  revocations: Revocations;
  checkChain: () => Promise<ChainReport>;
}

export function registerAuditRoutes(app: PanelHttp, parts: AuditRoutesParts): void {
  const { search, archive, access, revocations, checkChain } = parts;
  app.route({
    ...auditRoutes.list,
    handler: async ({ query: { limit, cursor, ...filter } }) => {
      const { rows, next } = await search.page(filter, limit, placeOfCursor(cursor));
      return { items: rows.map(answerOf), nextCursor: cursorOf(next) };
    },
  });
  app.route({
    ...auditRoutes.export,
    handler: (request, reply) => {
      const { format, ...filter } = request.query;
      note(request, { format, ...filter });
      const body = Readable.from(exportText(search, filter, format), { objectMode: false });
      const caller = callerOf(request);
      const mayStill = () => isPermitted(caller, 'audit.read', 'everywhere');
      body.once(
        'close',
        endWhenRevoked(revocations, caller, mayStill, () => body.destroy()),
      );
      const day = new Date().toISOString().slice(0, 10);
      return reply
        .header('content-disposition', `attachment; filename="audit-log-${day}.${format}"`)
        .header('x-content-type-options', 'nosniff')
        .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8')
        .send(body);
    },
  });
  app.route({
    ...auditRoutes.verify,
    handler: async (request) => {
      const report = await checkChain();
      note(request, { entries: report.entries, ...(!report.isIntact && { brokenAt: report.brokenAt }) });
      return report;
    },
  });
  app.route({ ...auditRoutes.archive, handler: () => archive.describe() });
  app.route({
    ...auditRoutes.updateArchive,
    handler: async ({ body }, reply) => {
      await archive.set(body.archiveAfterDays);
      return reply.code(204).send();
    },
  });
  app.route({
    ...auditRoutes.activity,
    handler: async (request) => {
      const { limit, cursor, ...filter } = request.query;
      const serverId = request.params.id;
      const caller = callerOf(request);
      const { rows, next } = await search.page({ ...filter, serverId }, limit, placeOfCursor(cursor));
      const items = rows.map(answerOf);
      const isAuditor = isPermitted(caller, 'audit.read', 'everywhere');
      const readable = readableKinds(access, caller, serverId);
      return {
        items: isAuditor ? items : items.map((entry) => forMember(entry, caller, readable)),
        nextCursor: cursorOf(next),
      };
    },
  });
}

/** What somebody who shares a server learns about what others did on it. */
function forMember(entry: AuditEntry, caller: Caller, readable: ReadonlySet<string>): AuditEntry {
  const isOwn = entry.actor.id === caller.userId;
  const kind = entry.action.replace(/\..*$/, '');
  return {
    ...entry,
    ip: isOwn ? entry.ip : null,
    requestId: isOwn ? entry.requestId : null,
    // What was typed into a console, say, is for those who may read it.
    details: isOwn || readable.has(kind) ? entry.details : {},
  };
}

/** The kinds of things on this server (`console`, `file`) that the caller may read. */
function readableKinds(access: AccessRules, caller: Caller, serverId: string): ReadonlySet<string> {
  const reading = permissions.filter((name) => name.endsWith('.read'));
  const held = reading.filter((name) => access.mayOnServer(caller, name, serverId));
  return new Set(held.map((name) => name.replace(/\..*$/, '')));
}

function note(request: FastifyRequest, details: Record<string, unknown>): void {
  request.auditNote = { ...request.auditNote, details };
}
