import { z } from 'zod';
import { NoContent, route } from '../contract/route.ts';
import { displayText, PageQuery, pageOf, Timestamp } from '../contract/values.ts';
import { ServerParams } from './servers.ts';

export const AuditOutcome = z.enum(['success', 'failure']);
export type AuditOutcome = z.output<typeof AuditOutcome>;

/** `key` is a program with a user's API key, `anonymous` somebody who is not signed in, `system` the panel itself. */
export const AuditActorKind = z.enum(['user', 'key', 'schedule', 'agent', 'system', 'anonymous']);
export type AuditActorKind = z.output<typeof AuditActorKind>;

/** A person or a thing by the name it had then, so that what is deleted since can still be named. */
const named = { id: z.string().nullable(), name: z.string().nullable() };

export const AuditEntry = z
  .object({
    /** 1, 2, 3 …: a missing number is a missing entry. */
    seq: z.int(),
    at: Timestamp,
    action: z.string().meta({ description: '`server.start`' }),
    outcome: AuditOutcome,
    /** The user, also when a program acted with one of his keys. */
    actor: z.object({
      kind: AuditActorKind,
      ...named,
      key: z.object(named).nullable(),
    }),
    target: z.object({ kind: z.string(), ...named }).nullable(),
    /** The server on which it happened. */
    serverId: z.string().nullable(),
    ip: z.string().nullable(),
    requestId: z.string().nullable(),
    /** The code of the error, when it failed. */
    errorCode: z.string().nullable(),
    /** What was asked for, without secrets. */
    details: z.record(z.string(), z.unknown()),
    /** Of this entry and, through the one before it, of everything ever recorded. */
    hash: z.string(),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.output<typeof AuditEntry>;

/** No control characters, and short: an id, an address, a word. */
const term = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not contain control characters');

const filters = {
  userId: term.optional().meta({ description: 'What this user did, also through his keys' }),
  keyId: term.optional().meta({ description: 'What programs did with this API key' }),
  actorKind: AuditActorKind.optional(),
  action: z
    .string()
    .max(100)
    .regex(
      /^[a-z0-9-]+(\.[a-z0-9-]+)*\.?$/,
      'must be an action such as server.start, or its beginning: server.',
    )
    .optional()
    .meta({ description: 'An action, or with a dot at its end all that begin so: `server.`' }),
  targetKind: term.optional(),
  targetId: term.optional(),
  serverId: term.optional().meta({ description: 'What happened on this server' }),
  outcome: AuditOutcome.optional(),
  ip: term.optional(),
  from: Timestamp.optional(),
  to: Timestamp.optional().meta({ description: 'Up to, not including' }),
  q: displayText(100)
    .optional()
    .meta({ description: 'Part of the name of who acted or of what was acted on' }),
};

/** Where in the list a page ended. */
const cursor = z
  .string()
  .regex(/^\d{1,15}\.\d{1,15}$/, 'is not a cursor of this list')
  .optional();

export const AuditFilter = z.strictObject(filters);
export type AuditFilter = z.output<typeof AuditFilter>;
export const AuditQuery = PageQuery.extend({ ...filters, cursor });
export const ActivityQuery = PageQuery.extend({
  cursor,
  action: filters.action,
  outcome: filters.outcome,
  userId: filters.userId,
  from: filters.from,
  to: filters.to,
});

export const AuditExportFormat = z.enum(['ndjson', 'csv']);
export type AuditExportFormat = z.output<typeof AuditExportFormat>;

export const ChainReport = z
  .object({
    isIntact: z.boolean(),
    /** How many entries were checked and found right, archived ones included. */
    entries: z.int(),
    archivedEntries: z.int(),
    /** The first number that is missing, was changed, or was not written by this panel. */
    brokenAt: z.int().nullable(),
    /** A sentence. */
    problem: z.string().nullable(),
    /** How far the chain went when the check began, signed with the panel's key (Ed25519). */
    head: z.object({ seq: z.int(), hash: z.string(), signature: z.string(), publicKey: z.string() }),
    checkedAt: Timestamp,
  })
  .meta({ id: 'ChainReport' });
export type ChainReport = z.output<typeof ChainReport>;

export const minArchiveDays = 30;
export const AuditArchiveFile = z.object({
  name: z.string(),
  firstSeq: z.int(),
  lastSeq: z.int(),
  firstAt: Timestamp,
  lastAt: Timestamp,
  sizeBytes: z.int(),
});
export type AuditArchiveFile = z.output<typeof AuditArchiveFile>;

const archiveAfterDays = z
  .int()
  .min(minArchiveDays, `must be at least ${minArchiveDays} days`)
  .max(36_500)
  .nullable()
  .meta({ description: 'Entries older than this move into files; null: never' });

export const AuditArchive = z
  .object({
    archiveAfterDays,
    folder: z.string(),
    files: z.array(AuditArchiveFile),
    /** Why the last attempt to archive did not succeed: a sentence. */
    problem: z.string().nullable(),
  })
  .meta({ id: 'AuditArchive' });
export type AuditArchive = z.output<typeof AuditArchive>;

const tags = ['Audit'];

export const auditRoutes = {
  list: route({
    method: 'GET',
    url: '/api/admin/audit-logs',
    config: { permission: 'audit.read' },
    schema: {
      summary:
        'Who did what, newest first. A page that had to look at very many entries may hold fewer than asked for, even none, with a cursor to go on',
      tags,
      querystring: AuditQuery,
      response: { 200: pageOf(AuditEntry) },
    },
  }),
  export: route({
    method: 'GET',
    url: '/api/admin/audit-logs/export',
    config: { permission: 'audit.read', audit: 'audit.export', stream: 'download' },
    schema: {
      summary:
        'All entries that match, newest first; NDJSON has what the hashes cover, so that it can be verified',
      tags,
      querystring: AuditFilter.extend({ format: AuditExportFormat.default('ndjson') }),
      response: { 200: z.any().meta({ description: 'application/x-ndjson or text/csv' }) },
    },
  }),
  verify: route({
    method: 'POST',
    url: '/api/admin/audit-logs/verify',
    config: { permission: 'audit.read', audit: 'audit.verify' },
    schema: {
      summary: 'Check the whole chain, archives included; takes about ten seconds per million entries',
      tags,
      response: { 200: ChainReport },
    },
  }),
  archive: route({
    method: 'GET',
    url: '/api/admin/audit-logs/archive',
    config: { permission: 'audit.read' },
    schema: { summary: 'When entries are archived, and where', tags, response: { 200: AuditArchive } },
  }),
  updateArchive: route({
    method: 'PUT',
    url: '/api/admin/audit-logs/archive',
    config: { permission: 'settings.write', audit: 'audit.update-archive' },
    schema: {
      summary: 'Choose when entries are archived',
      tags,
      body: z.strictObject({ archiveAfterDays }).meta({ id: 'AuditArchiveChanges' }),
      response: { 204: NoContent },
    },
  }),
  activity: route({
    method: 'GET',
    url: '/api/servers/:id/activity',
    config: { permission: 'activity.read', onServer: true },
    schema: {
      summary:
        'What was done on the server, newest first; addresses of other people only for readers of the audit log',
      tags,
      params: ServerParams,
      querystring: ActivityQuery,
      response: { 200: pageOf(AuditEntry) },
    },
  }),
};
