import { z } from 'zod';
import { base64url, Id } from '../contract/values.ts';
import { FileVersion, fileSize, PathBytes } from './files-link.ts';

export const mostUploads = 100;

const onServer = z.strictObject({ serverId: Id });
const onUpload = onServer.extend({ uploadId: Id });

const uploadFields = {
  pathBase64: PathBytes,
  /** All of it. */
  sizeBytes: fileSize,
  /** The name of who began it. */
  startedBy: z.string().max(100),
};

export const AgentUpload = z.object({
  ...uploadFields,
  uploadId: Id,
  /** What has come of it. */
  offsetBytes: fileSize,
  isFinished: z.boolean(),
  /** Whether this very call has put the file in its place; agents of before do not tell. */
  isJustFinished: z.boolean().optional(),
  createdAt: z.number(),
  expiresAt: z.number(),
});

/** Panel → agent: uploads that come in pieces. What has come is in the server's folder, under a hidden name. */
export const uploadAgentCalls = {
  'files:upload-begin': {
    summary: 'Begin an upload that may come in pieces',
    input: onUpload.extend({
      ...uploadFields,
      replace: z.boolean(),
      /** Refused with `precondition_failed` at the end when the file has another one then. */
      expectedVersion: FileVersion.optional(),
    }),
    output: AgentUpload,
  },
  'files:upload-status': { summary: 'How much of an upload has come', input: onUpload, output: AgentUpload },
  'files:upload-append': {
    summary:
      'Fetch the next piece of an upload by a one-use ticket; after the last one it is put in its place',
    input: onUpload.extend({ offsetBytes: fileSize, ticket: base64url(32) }),
    output: AgentUpload,
    // As slow as whoever uploads; the stream itself ends when nothing comes.
    timeoutMs: 24 * 3_600_000,
  },
  'files:upload-cancel': {
    summary: 'Give an upload up, and delete what has come of it',
    input: onUpload,
    output: z.object({ pathBase64: PathBytes }),
  },
  'files:uploads': {
    summary: 'The uploads to a server that are not finished',
    input: onServer,
    output: z.object({ uploads: z.array(AgentUpload).max(mostUploads) }),
  },
} as const;
