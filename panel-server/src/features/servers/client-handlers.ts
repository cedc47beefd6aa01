import { AppError } from '@catalyst/shared/contract/errors';
import type { AccessRules } from '../../access.ts';
import type { ClientHandlers } from '../../realtime/browsers.ts';
import type { ConsoleRelay } from '../../realtime/console-relay.ts';
import type { ConsoleService } from '../console/console.service.ts';
import type { ServerIndex } from './server-index.ts';
import type { ServersService } from './servers.service.ts';

const maxSubscriptions = 200;

export interface ClientHandlerParts {
  access: AccessRules;
  servers: ServersService;
  serverIndex: ServerIndex;
  console: ConsoleService;
  relay: ConsoleRelay;
}

/** Calls of browsers and programs → services. Each was authorized for the server it names. */
export function clientHandlers(parts: ClientHandlerParts): ClientHandlers {
  const { access, servers, serverIndex, console, relay } = parts;
  return ({ caller, viewer, following }) => ({
    server_control: async ({ serverId, action }) => {
      await access.authorize(caller, `server.${action}`, serverId);
      return servers.power(serverId, action);
    },
    'console:subscribe': async ({ serverId, afterSeq }) => {
      if (following.size >= maxSubscriptions && !following.has(serverId)) {
        throw new AppError('limit_reached', `At most ${maxSubscriptions} consoles at a time`);
      }
      const place = serverIndex.find(serverId);
      if (!place) throw new AppError('not_found', 'No such server');
      // Before it is followed, so that a revocation or disconnection meanwhile finds it.
      following.add(serverId);
      try {
        return await relay.subscribe(viewer, { id: serverId, nodeId: place.nodeId }, afterSeq);
      } catch (error) {
        following.delete(serverId);
        throw error;
      }
    },
    'console:unsubscribe': ({ serverId }) => {
      following.delete(serverId);
      relay.unsubscribe(viewer, serverId);
      return {};
    },
    console_input: async ({ serverId, data }) => {
      const { seq } = await console.command(caller.userId, serverId, { command: data });
      return { seq };
    },
  });
}
