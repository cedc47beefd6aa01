import type { Calls, Events } from '@catalyst/shared/contract/rpc';
import { linkProtocolVersion } from '@catalyst/shared/features/agent-link';
import { agentCalls, agentEvents, handshakeCalls, handshakeEvents, panelCalls } from '@catalyst/shared/link';
import { clientCalls, clientEvents } from '@catalyst/shared/realtime';
import { panelVersion } from '../../version.ts';
import { type JsonSchema, JsonSchemas } from './json-schemas.ts';

type Direction = 'client to panel' | 'panel to client' | 'agent to panel' | 'panel to agent';

interface RealtimeMessage {
  name: string;
  namespace: '/' | '/agent';
  direction: Direction;
  /** A call is acknowledged with `{ value }` or `{ error }`; an event has no answer. */
  kind: 'call' | 'event';
  summary: string;
  permission?: string;
  timeoutMs?: number;
  input?: JsonSchema;
  output?: JsonSchema;
  payload?: JsonSchema;
}

interface RealtimeDocument {
  title: string;
  version: string;
  agentProtocol: number;
  description: string;
  messages: RealtimeMessage[];
  schemas: Record<string, JsonSchema>;
}

/** Every Socket.IO message, generated from the tables that both ends validate with. */
export function realtimeDocument(): RealtimeDocument {
  const schemas = new JsonSchemas('#/schemas/');
  const calls = (namespace: '/' | '/agent', direction: Direction, table: Calls): RealtimeMessage[] =>
    Object.entries(table).map(([name, { input, output, summary, permission, timeoutMs }]) => ({
      name,
      namespace,
      direction,
      kind: 'call',
      summary,
      ...(permission && { permission }),
      ...(timeoutMs && { timeoutMs }),
      input: schemas.sent(input),
      output: schemas.sent(output),
    }));
  const events = (namespace: '/' | '/agent', direction: Direction, table: Events): RealtimeMessage[] =>
    Object.entries(table).map(([name, { payload, summary, permission }]) => ({
      name,
      namespace,
      direction,
      kind: 'event',
      summary,
      ...(permission && { permission }),
      payload: schemas.sent(payload),
    }));
  return {
    title: 'Catalyst over Socket.IO',
    version: panelVersion,
    agentProtocol: linkProtocolVersion,
    description:
      'Browsers and programs connect to the namespace / with their token in `auth.token` (or the session cookie), ' +
      'agents to /agent. A message has one argument; a call is acknowledged with { value } or { error }.',
    messages: [
      ...calls('/', 'client to panel', clientCalls),
      ...events('/', 'panel to client', clientEvents),
      ...calls('/agent', 'panel to agent', { ...handshakeCalls, ...agentCalls }),
      ...events('/agent', 'panel to agent', handshakeEvents),
      ...calls('/agent', 'agent to panel', panelCalls),
      ...events('/agent', 'agent to panel', agentEvents),
    ],
    schemas: schemas.components,
  };
}
