import { z } from 'zod';
import { Id } from './contract/values.ts';
import { alertClientEvents } from './features/alerts.ts';
import { archiveClientEvents } from './features/archives.ts';
import { consoleClientCalls, consoleClientEvents } from './features/console.ts';
import { imageClientEvents } from './features/images.ts';
import { nodeClientEvents } from './features/nodes.ts';
import { pullClientEvents } from './features/pulls.ts';
import { serverClientCalls, serverClientEvents } from './features/servers.ts';

/** Namespace `/`: what browsers and programs may ask of the panel. */
export const clientCalls = { ...serverClientCalls, ...consoleClientCalls };

/** Namespace `/`: what the panel tells browsers and programs. */
export const clientEvents = {
  ...serverClientEvents,
  ...alertClientEvents,
  ...consoleClientEvents,
  ...nodeClientEvents,
  ...imageClientEvents,
  ...pullClientEvents,
  ...archiveClientEvents,
  rights_changed: {
    summary: 'What you may do changed, on one server or (without `serverId`) anywhere; ask again',
    permission: 'signed-in',
    payload: z.object({ serverId: Id.optional() }),
  },
  revoked: {
    summary: 'A right ended: of one server, or (without `serverId`) the whole session',
    permission: 'signed-in',
    payload: z.object({ serverId: Id.optional(), reason: z.string() }),
  },
} as const;
