import {
  handshakeCalls,
  handshakeEvents,
  serverAgentCalls,
  serverAgentEvents,
  serverPanelCalls,
} from './features/agent-link.ts';
import { archiveAgentCalls, archiveAgentEvents } from './features/archives-link.ts';
import { consoleAgentCalls, consoleAgentEvents } from './features/console-link.ts';
import { doctorAgentCalls } from './features/doctor-link.ts';
import { fileAgentCalls } from './features/files-link.ts';
import { fileTreeAgentCalls } from './features/files-tree-link.ts';
import { firewallAgentCalls } from './features/firewall-link.ts';
import { imageAgentCalls, imageAgentEvents } from './features/images-link.ts';
import { keptAgentCalls } from './features/kept-link.ts';
import { livePortsAgentCalls } from './features/live-ports-link.ts';
import { nodeAgentCalls, nodeAgentEvents } from './features/nodes-link.ts';
import { pullAgentCalls, pullAgentEvents } from './features/pulls-link.ts';
import { uploadAgentCalls } from './features/uploads-link.ts';

// Apart from what browsers are told: an agent loads nothing but this of the contract.

/** Namespace `/agent`: what the panel asks of an agent, before and after both are proven. */
export { handshakeCalls, handshakeEvents };
export const agentCalls = {
  ...serverAgentCalls,
  ...consoleAgentCalls,
  ...nodeAgentCalls,
  ...doctorAgentCalls,
  ...imageAgentCalls,
  ...keptAgentCalls,
  ...firewallAgentCalls,
  ...livePortsAgentCalls,
  ...fileAgentCalls,
  ...fileTreeAgentCalls,
  ...uploadAgentCalls,
  ...pullAgentCalls,
  ...archiveAgentCalls,
};

/** Namespace `/agent`: what an agent asks of, and tells, the panel. */
export const panelCalls = { ...serverPanelCalls };
export const agentEvents = {
  ...serverAgentEvents,
  ...consoleAgentEvents,
  ...nodeAgentEvents,
  ...imageAgentEvents,
  ...pullAgentEvents,
  ...archiveAgentEvents,
};
