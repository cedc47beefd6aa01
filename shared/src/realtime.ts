import { z } from 'zod';
import { Id } from './contract/values.ts';
import {
  handshakeCalls,
  handshakeEvents,
  serverAgentCalls,
  serverAgentEvents,
  serverPanelCalls,
} from './features/agent-link.ts';
import {
  consoleAgentCalls,
  consoleAgentEvents,
  consoleClientCalls,
  consoleClientEvents,
} from './features/console.ts';
import { doctorAgentCalls } from './features/doctor.ts';
import { imageAgentCalls, imageAgentEvents, imageClientEvents } from './features/images.ts';
import { keptAgentCalls } from './features/kept.ts';
import { nodeAgentCalls, nodeAgentEvents, nodeClientEvents } from './features/nodes.ts';
import { serverClientCalls, serverClientEvents } from './features/servers.ts';

/** Namespace `/`: what browsers and programs may ask of the panel. */
export const clientCalls = { ...serverClientCalls, ...consoleClientCalls };

/** Namespace `/`: what the panel tells browsers and programs. */
export const clientEvents = {
  ...serverClientEvents,
  ...consoleClientEvents,
  ...nodeClientEvents,
  ...imageClientEvents,
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

/** Namespace `/agent`: what the panel asks of an agent, before and after both are proven. */
export { handshakeCalls, handshakeEvents };
export const agentCalls = {
  ...serverAgentCalls,
  ...consoleAgentCalls,
  ...nodeAgentCalls,
  ...doctorAgentCalls,
  ...imageAgentCalls,
  ...keptAgentCalls,
};

/** Namespace `/agent`: what an agent asks of, and tells, the panel. */
export const panelCalls = { ...serverPanelCalls };
export const agentEvents = {
  ...serverAgentEvents,
  ...consoleAgentEvents,
  ...nodeAgentEvents,
  ...imageAgentEvents,
};
