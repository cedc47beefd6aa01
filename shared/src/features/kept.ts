import { z } from 'zod';
import { NoContent, route } from '../contract/route.ts';
import { Id, Timestamp } from '../contract/values.ts';
import { keptFields } from './kept-link.ts';

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
