import { z } from 'zod';
import { ErrorCode } from '../contract/errors.ts';
import { Id } from '../contract/values.ts';
import { fileSize, PathBytes } from './files-link.ts';

export const mostPullsTold = 50;
export const longestUrl = 4000;

/** A file on its way from an address of the web into a server's folder. */
export const AgentPull = z.object({
  id: Id,
  serverId: Id,
  /** Without what may be secret: its query and fragment. */
  source: z.string().max(longestUrl),
  /** Where the file is to be. */
  pathBase64: PathBytes,
  status: z.enum(['running', 'succeeded', 'failed', 'cancelled']),
  doneBytes: fileSize,
  /** Null while the whole is not known. */
  totalBytes: fileSize.nullable(),
  error: z.object({ code: ErrorCode.catch('internal'), message: z.string().max(1000) }).nullable(),
  startedAt: z.number(),
});
export type AgentPull = z.output<typeof AgentPull>;

const onServer = z.strictObject({ serverId: Id });

/** Panel → agent. */
export const pullAgentCalls = {
  'files:pull': {
    summary: 'Begin to fetch a file from the web; answered when the other side has begun to send it',
    input: onServer.extend({
      pullId: Id,
      url: z.url({ protocol: /^https?$/ }).max(longestUrl),
      folderBase64: PathBytes,
      /** What to call it; else as the other side does. */
      nameBase64: PathBytes.optional(),
      replace: z.boolean(),
      /** Networks that are not public, and may be asked all the same. */
      allowedNetworks: z.array(z.string().max(50)).max(50),
    }),
    output: AgentPull,
    timeoutMs: 60_000,
  },
  'files:pulls': {
    summary: 'What is on its way to a server from the web, and what came last',
    input: onServer,
    output: z.object({ pulls: z.array(AgentPull).max(mostPullsTold) }),
  },
  'files:pull-cancel': {
    summary: 'Stop a file on its way; nothing of it is left',
    input: onServer.extend({ pullId: Id }),
    output: z.object({}),
  },
} as const;

/** Agent → panel. */
export const pullAgentEvents = {
  file_pull_progress: { summary: 'How far a file from the web has come', payload: AgentPull },
} as const;
