import { z } from 'zod';
import { base64url, Id } from '../contract/values.ts';

/** What the editor opens and saves; larger files are for download and upload. */
export const maxTextBytes = 1_048_576;
export const mostListed = 1000;
export const mostAtOnce = 1000;

export const FileType = z.enum(['file', 'folder', 'link', 'fifo', 'socket', 'device']);
export type FileType = z.output<typeof FileType>;

/** The bytes of a path, or of a name, as they need not be UTF-8. At most 4,095 of them. */
export const PathBytes = z.base64().max(5464);

/** Changes with whatever is written to the file. */
export const FileVersion = z.string().regex(/^[0-9a-z-]{1,60}$/, 'is not a version of a file');

/** Where a page ended, in the words of the agent. */
export const ListCursor = z
  .string()
  .regex(/^[01]\.-?\d{1,19}\.[\w-]{1,400}$/, 'is not a cursor of this list');

export const fileSize = z.number().min(0).max(Number.MAX_SAFE_INTEGER);

const stats = {
  type: FileType,
  sizeBytes: fileSize,
  mode: z.int().min(0).max(0o7777),
  modifiedAt: z.number(),
  version: FileVersion,
  /** Of a link: what it leads to, null when that is nothing, or nothing in the server's folder. */
  leadsTo: FileType.nullable().optional(),
};
export const AgentFileStats = z.object(stats);
export const AgentFileEntry = z.object({ ...stats, nameBase64: z.base64().max(1400) });

/** The bytes asked for: from one position to another (both included, or to the end), or so many at the end. */
export const ByteRange = z.union([
  z.strictObject({ firstByte: fileSize, lastByte: fileSize.optional() }),
  z.strictObject({ lastBytes: fileSize }),
]);
export type ByteRange = z.output<typeof ByteRange>;

const onServer = z.strictObject({ serverId: Id });
const onFile = onServer.extend({ pathBase64: PathBytes });
const nothing = z.object({});
/** For what goes through whole trees. */
const longMs = 10 * 60_000;

/** Panel → agent. A path that leads out of the server's folder, or is none, is a `bad_request`. */
export const fileAgentCalls = {
  'files:list': {
    summary: 'A page of a folder, folders first, by the bytes of the names',
    input: onFile.extend({
      limit: z.int().min(1).max(mostListed),
      cursor: ListCursor.optional(),
    }),
    output: z.object({ entries: z.array(AgentFileEntry).max(mostListed), nextCursor: ListCursor.nullable() }),
    timeoutMs: 60_000,
  },
  'files:stat': {
    summary: 'What has this path; a link is told as one unless it is to be followed',
    input: onFile.extend({ links: z.enum(['tell', 'follow']).default('tell') }),
    output: AgentFileStats,
  },
  'files:create': {
    summary: 'Make an empty file or a folder',
    input: onFile.extend({ type: z.enum(['file', 'folder']) }),
    output: AgentFileStats,
  },
  'files:rename': {
    summary: 'Move a file, a link or a folder to another path',
    input: onFile.extend({ toBase64: PathBytes, replace: z.boolean().default(false) }),
    output: nothing,
  },
  'files:delete': {
    summary: 'Delete files, links and folders with all that is in them',
    input: onServer.extend({ pathsBase64: z.array(PathBytes).min(1).max(mostAtOnce) }),
    output: nothing,
    timeoutMs: longMs,
  },
  'files:chmod': {
    summary: 'Set permission bits; setuid, setgid and sticky are dropped',
    input: onFile.extend({ mode: z.int().min(0).max(0o7777) }),
    output: AgentFileStats,
  },
  'files:send': {
    summary: 'Begin to send a file, or a range of it, as the body of a POST to the data plane',
    input: onFile.extend({
      ticket: base64url(32),
      range: ByteRange.optional(),
      /** The range counts only while the file has this version, else all of it is sent. */
      rangeVersion: z.string().max(100).optional(),
      /** A larger file is refused. */
      maxBytes: fileSize.optional(),
    }),
    output: AgentFileStats.extend({ firstByte: fileSize, lengthBytes: fileSize, isRange: z.boolean() }),
    timeoutMs: 30_000,
  },
  'files:receive': {
    summary: 'Fetch a file from the panel by a one-use ticket; answered when it is whole and in its place',
    input: onFile.extend({
      ticket: base64url(32),
      /** Refused with `precondition_failed` when the file has another one then. */
      expectedVersion: FileVersion.optional(),
      replace: z.boolean().default(true),
    }),
    output: AgentFileStats,
    // As slow as whoever uploads; the stream itself ends when nothing comes.
    timeoutMs: 6 * 3_600_000,
  },
  'files:sftp': {
    summary:
      'Serve SFTP: requests are fetched by one ticket, answers delivered by another; answered when it has begun',
    input: onServer.extend({ requestsTicket: base64url(32), answersTicket: base64url(32) }),
    output: nothing,
    timeoutMs: 30_000,
  },
} as const;
