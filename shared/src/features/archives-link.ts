import { z } from 'zod';
import { ErrorCode } from '../contract/errors.ts';
import { base64url, Id } from '../contract/values.ts';
import { FileType, fileSize, mostAtOnce, PathBytes } from './files-link.ts';

export const ArchiveFormat = z.enum(['tar', 'tar.gz', 'tar.zst', 'zip']);
export type ArchiveFormat = z.output<typeof ArchiveFormat>;

export const mostArchiveEntriesListed = 1000;

/** Something long that is done with the files of a server. Its node keeps it, and the latest that have ended. */
export const FileTask = z.object({
  id: Id,
  serverId: Id,
  kind: z.enum(['compress', 'decompress']),
  /** `waiting` for others of this node, of which two run at a time. */
  status: z.enum(['waiting', 'running', 'succeeded', 'failed', 'cancelled']),
  /** Of the files that are packed, or of the archive that is read. */
  doneBytes: fileSize,
  /** Null while the whole is not known. */
  totalBytes: fileSize.nullable(),
  doneEntries: fileSize,
  /** What was left out: FIFOs, sockets, devices, mounts, links that lead out of the server's folder. */
  skippedCount: fileSize,
  error: z.object({ code: ErrorCode.catch('internal'), message: z.string().max(1000) }).nullable(),
});
export type FileTask = z.output<typeof FileTask>;

export const AgentArchiveEntry = z.object({
  pathBase64: z.base64().max(90_000),
  type: FileType,
  sizeBytes: fileSize,
  mode: z.int().min(0).max(0o7777).nullable(),
  modifiedAt: z.number(),
});

const onServer = z.strictObject({ serverId: Id });
const onFile = onServer.extend({ pathBase64: PathBytes });
const NewTask = { taskId: Id, replace: z.boolean().default(false) };
const entriesOf = { namesBase64: z.array(PathBytes).max(mostAtOnce), format: ArchiveFormat };

/** Panel → agent. */
export const archiveAgentCalls = {
  'archives:compress': {
    summary:
      'Begin to pack entries of a folder into a file. Its progress and its end are `file_task_progress`',
    input: onFile.extend({ ...NewTask, ...entriesOf, toBase64: PathBytes }),
    output: z.object({ task: FileTask }),
  },
  'archives:decompress': {
    summary: 'Begin to unpack a file into a folder. Its progress and its end are `file_task_progress`',
    input: onFile.extend({ ...NewTask, toBase64: PathBytes }),
    output: z.object({ task: FileTask }),
  },
  'archives:list': {
    summary: 'Some of the entries of an archive, in its order',
    input: onFile.extend({ skip: fileSize, limit: z.int().min(1).max(mostArchiveEntriesListed) }),
    output: z.object({
      entries: z.array(AgentArchiveEntry).max(mostArchiveEntriesListed),
      hasMore: z.boolean(),
    }),
    timeoutMs: 10 * 60_000,
  },
  'archives:send': {
    summary: 'Begin to send entries of a folder, or without any all of it, as an archive to the data plane',
    input: onFile.extend({ ...entriesOf, ticket: base64url(32) }),
    output: z.object({}),
    timeoutMs: 30_000,
  },
  'archives:tasks': {
    summary: 'What is done with the files of a server, and how the latest of it ended',
    input: onServer,
    output: z.object({ tasks: z.array(FileTask).max(100) }),
  },
  'archives:cancel': {
    summary: 'Stop a task; nothing happens when it has ended',
    input: onServer.extend({ taskId: Id }),
    output: z.object({}),
    timeoutMs: 30_000,
  },
} as const;

/** Agent → panel; one lost does no harm, as the list tells the same. */
export const archiveAgentEvents = {
  file_task_progress: { summary: 'How far a task with files has come', payload: FileTask },
} as const;
