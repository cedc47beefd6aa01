import type { CallHandlers, EventHandlers } from '@catalyst/shared/contract/rpc';
import type { SigningKey } from '@catalyst/shared/node/signing-key';
import type { agentEvents, panelCalls } from '@catalyst/shared/realtime';
import type { Socket } from 'socket.io';
import type { Logger } from '../logger.ts';
import type { NodeRegistry } from './agent-admission.ts';
import type { AgentCallInput, AgentCallOutput, AgentCalls, AgentLink } from './agent-connection.ts';

/** What the services see of the agents. */
export interface AgentDoor {
  isOnline(nodeId: string): boolean;
  /** Rejects with `node_offline` at once when the node's agent is not connected. */
  call<Name extends keyof AgentCalls>(
    nodeId: string,
    name: Name,
    input: AgentCallInput<Name>,
    options?: { timeoutMs?: number },
  ): Promise<AgentCallOutput<Name>>;
}

/** What becomes of the messages of one agent. They come one after another, without what concerns other nodes. */
export interface AgentListener {
  calls(nodeId: string, link: AgentLink): CallHandlers<typeof panelCalls>;
  events(nodeId: string): Required<EventHandlers<typeof agentEvents>>;
  /** The agent has a new connection; its snapshot comes first. */
  connected(nodeId: string): void;
  /** The snapshot has been taken in. */
  ready(nodeId: string): void;
}

export interface AgentsOptions {
  panel: Pick<SigningKey, 'publicKey' | 'sign'>;
  panelVersion: string;
  registry: NodeRegistry;
  /** The node a server is on; undefined for one that does not exist. */
  nodeOf(serverId: string): string | undefined;
  addressOf(socket: Socket): string;
  audit(entry: AgentAuditEntry): Promise<void>;
  /** An agent said what it must not say. */
  violation(violation: Violation): void;
  log: Logger;
}

export interface AgentAuditEntry {
  action: 'node.enrol' | 'node.violation' | 'node.duplicate';
  isSuccess: boolean;
  nodeId: string;
  ip?: string;
  details: Record<string, unknown>;
}

export interface Violation {
  nodeId: string;
  /** What is the same thing, and written down once a minute. */
  about: string;
  ip?: string;
  details: Record<string, unknown>;
}
