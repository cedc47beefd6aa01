import type { SigningKey } from '@catalyst/shared/node/signing-key';
import type { Socket } from 'socket.io';
import type { Logger } from '../logger.ts';
import type { AgentCallInput, AgentCallOutput, AgentCalls } from './agent-connection.ts';

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

/** Who hears of the comings and goings of agents. Nobody waits for what it does; a rejection is logged. */
export interface AgentWatcher {
  /** The agent has a new connection; its snapshot comes first. */
  connected?(nodeId: string): Promise<void> | void;
  /** The snapshot has been taken in: from now on the agent is online. */
  ready?(nodeId: string): Promise<void> | void;
  offline?(nodeId: string): Promise<void> | void;
}

export interface AgentsOptions {
  panel: Pick<SigningKey, 'publicKey' | 'sign'>;
  panelVersion: string;
  /** The node a server is on; undefined for one that does not exist. */
  nodeOf(serverId: string): string | undefined;
  addressOf(socket: Socket): string;
  audit(entry: AgentAuditEntry): Promise<void>;
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
