import { z } from 'zod';
import { NoContent, route } from '../contract/route.ts';
import { Id, Timestamp } from '../contract/values.ts';
import { AgentPull, longestUrl } from './pulls-link.ts';
import { ServerParams } from './servers.ts';

export const FilePull = AgentPull.omit({ pathBase64: true, startedAt: true })
  .extend({ path: z.string(), pathBase64: z.string().optional(), startedAt: Timestamp })
  .meta({ id: 'FilePull' });
export type FilePull = z.output<typeof FilePull>;

export const NewFilePull = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'must be an address that starts with https:// or http://' })
    .max(longestUrl)
    .refine(
      (text) => !URL.canParse(text) || (new URL(text).username === '' && new URL(text).password === ''),
      'must not contain a user or a password',
    ),
  /** The folder it goes into; the server's own when left out. */
  path: z.string().max(20_000).optional(),
  pathBase64: z.string().max(20_000).optional(),
  /** What to call it; else as the other side does. */
  name: z.string().max(255).optional(),
  replace: z.boolean().default(false),
});

const tags = ['Files'];

export const pullRoutes = {
  start: route({
    method: 'POST',
    url: '/api/servers/:id/files/pull',
    config: { permission: 'file.write', audit: 'file.pull', onServer: true },
    schema: {
      summary:
        'Fetch a file from the web into a folder; answered when it begins to come, its progress is told by `file_pull_progress`',
      tags,
      params: ServerParams,
      body: NewFilePull,
      response: { 202: FilePull },
    },
  }),
  list: route({
    method: 'GET',
    url: '/api/servers/:id/files/pulls',
    config: { permission: 'file.write', onServer: true },
    schema: {
      summary: 'What is on its way from the web, and what came last',
      tags,
      params: ServerParams,
      response: { 200: z.object({ items: z.array(FilePull), nextCursor: z.null() }) },
    },
  }),
  cancel: route({
    method: 'DELETE',
    url: '/api/servers/:id/files/pulls/:pullId',
    config: { permission: 'file.write', audit: 'file.cancel-pull', onServer: true },
    schema: {
      summary: 'Stop a file on its way from the web; nothing of it is left',
      tags,
      params: ServerParams.extend({ pullId: Id }),
      response: { 204: NoContent },
    },
  }),
};

/** Panel → browsers and programs. */
export const pullClientEvents = {
  file_pull_progress: {
    summary: 'How far a file from the web has come',
    permission: 'file.write',
    payload: FilePull,
  },
} as const;
