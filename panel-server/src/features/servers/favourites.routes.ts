import { favouriteRoutes } from '@catalyst/shared/features/favourites';
import type { NameTarget } from '../../http/audit-target.ts';
import { callerOf, type PanelHttp } from '../../http/panel-http.ts';
import type { FavouritesService } from './favourites.service.ts';

export function registerFavouriteRoutes(
  app: PanelHttp,
  favourites: FavouritesService,
  nameTarget: NameTarget,
): void {
  app.route({ ...favouriteRoutes.list, handler: (request) => favourites.list(callerOf(request)) });
  app.route({
    ...favouriteRoutes.add,
    preHandler: nameTarget,
    handler: async (request, reply) => {
      await favourites.add(request.params.id, callerOf(request));
      return reply.code(204).send();
    },
  });
  app.route({
    ...favouriteRoutes.remove,
    preHandler: nameTarget,
    handler: async (request, reply) => {
      await favourites.remove(request.params.id, callerOf(request));
      return reply.code(204).send();
    },
  });
}
