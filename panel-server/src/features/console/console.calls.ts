import type { CallHandlers, EventHandlers } from '@catalyst/shared/contract/rpc';
import type { consoleClientCalls } from '@catalyst/shared/features/console';
import type { consoleAgentEvents } from '@catalyst/shared/features/console-link';
import type { ConnectedClient } from '../../realtime/browsers.ts';
import type { ConsoleService } from './console.service.ts';
import type { ConsoleFollowers } from './console-followers.ts';
import type { ConsoleRelay } from './console-relay.ts';

/** Of browsers and programs. */
export const consoleClientHandlers =
  (console: ConsoleService, followers: ConsoleFollowers) =>
  (client: ConnectedClient): CallHandlers<typeof consoleClientCalls> => ({
    'console:subscribe': ({ serverId, afterSeq }) => followers.follow(client, serverId, afterSeq),
    'console:unsubscribe': ({ serverId }) => {
      followers.unfollow(client, serverId);
      return {};
    },
    console_input: async ({ serverId, data }) => {
      const { seq } = await console.command(client.caller.userId, serverId, { command: data });
      return { seq };
    },
    'console:resize': async ({ serverId, ...size }) => {
      await console.resize(client.caller.userId, serverId, size);
      return {};
    },
  });

/** Of agents. */
export const consoleAgentHandlers =
  (relay: ConsoleRelay) => (): Required<EventHandlers<typeof consoleAgentEvents>> => ({
    server_log: ({ serverId, lines }) => relay.receiveLines(serverId, lines),
    'console:dropped': ({ serverId, toSeq }) => relay.receiveDropped(serverId, toSeq),
  });
