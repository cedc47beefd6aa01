import { z } from 'zod';
import { route } from '../contract/route.ts';
import { LivePort } from './live-ports-link.ts';
import { ServerParams } from './servers.ts';

export const livePortRoutes = {
  list: route({
    method: 'GET',
    url: '/api/servers/:id/live-ports',
    config: { permission: 'server.read', onServer: true },
    schema: {
      summary: "What listens at the server's ports now: its game, nothing, or somebody else's program",
      tags: ['Servers'],
      params: ServerParams,
      response: { 200: z.object({ ports: z.array(LivePort) }) },
    },
  }),
};
