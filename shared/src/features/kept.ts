import { z } from 'zod';
import { NoContent, route } from '../contract/route.ts';
import { Id, Timestamp } from '../contract/values.ts';

/** How the files of a deleted server are told apart by people. */
export const KeptAs = z.strictObject({ name: z.string().max(200), template: z.string().max(200) });
export type KeptAs = z.output<typeof KeptAs>;

const keptFields = {
  serverId: Id,
  /** Of the server when it was deleted; its id when that cannot be read any more. */
  name: z.string().max(200),
  template: z.string().max(200),
  /** When they were kept; null when that was not measured. */
  sizeBytes: z.number().min(0).nullable(),
};

/** Files of a deleted server that a node still has. */
export const KeptFiles = z.object({ ...keptFields, keptAt: Timestamp }).meta({ id: 'KeptFiles' });
export type KeptFiles = z.output<typeof KeptFiles>;

export const keptRoutes = {
  list: route({
    method: 'GET',
    url: '/api/nodes/:id/kept',
    config: { permission: 'node.read' },
    schema: {
      summary: 'Files of deleted servers that a node has kept, newest first; at most 1,000',
      tags: ['Nodes'],
      params: z.strictObject({ id: Id }),
      response: { 200: z.object({ items: z.array(KeptFiles) }) },
    },
  }),
  wipe: route({
    method: 'DELETE',
    url: '/api/nodes/:id/kept/:serverId',
    config: { permission: 'node.update', audit: 'node.wipe-kept' },
    schema: {
      summary: 'Remove the kept files of a deleted server for good',
      tags: ['Nodes'],
      params: z.strictObject({ id: Id, serverId: Id }),
      response: { 204: NoContent },
    },
  }),
};

/** Panel → agent. */
export const keptAgentCalls = {
  'kept:list': {
    summary: 'The files of deleted servers that are still here',
    input: z.strictObject({}),
    output: z.object({ items: z.array(z.object({ ...keptFields, keptAt: z.number() })).max(1000) }),
    timeoutMs: 15_000,
  },
  'kept:wipe': {
    summary: 'Remove those of one server for good; answers its name',
    input: z.strictObject({ serverId: Id }),
    output: z.object({ name: z.string().max(200) }),
    timeoutMs: 300_000,
  },
} as const;
