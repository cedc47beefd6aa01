import { z } from 'zod';
import { NoContent, route } from '../contract/route.ts';
import { Id } from '../contract/values.ts';
import { ServerParams } from './servers.ts';

/** A caller's own favourites, apart from the servers: what a server is like is the same for everybody with the same rights. */
export const FavouriteServers = z.object({ serverIds: z.array(Id) }).meta({ id: 'FavouriteServers' });

export const favouriteRoutes = {
  list: route({
    method: 'GET',
    url: '/api/servers/favourites',
    config: { permission: 'signed-in' },
    schema: {
      summary: "The caller's favourite servers, of those he may see",
      tags: ['Servers'],
      response: { 200: FavouriteServers },
    },
  }),
  add: route({
    method: 'PUT',
    url: '/api/servers/:id/favourite',
    config: { permission: 'server.read', audit: 'server.favourite', onServer: true },
    schema: {
      summary: "Make a server one of the caller's favourites",
      tags: ['Servers'],
      params: ServerParams,
      response: { 204: NoContent },
    },
  }),
  remove: route({
    method: 'DELETE',
    url: '/api/servers/:id/favourite',
    config: { permission: 'server.read', audit: 'server.unfavourite', onServer: true },
    schema: {
      summary: "Take a server out of the caller's favourites",
      tags: ['Servers'],
      params: ServerParams,
      response: { 204: NoContent },
    },
  }),
};
