import { AppError, type ErrorCode } from '@catalyst/shared/contract/errors';
import { call, MalformedAnswer } from '@catalyst/shared/contract/rpc';
import type { AgentHello } from '@catalyst/shared/features/agent-link';
import { agentCalls } from '@catalyst/shared/link';
import type { Socket } from 'socket.io';
import type { z } from 'zod';

export type AgentCalls = typeof agentCalls;
export type AgentCallInput<Name extends keyof AgentCalls> = z.input<AgentCalls[Name]['input']>;
export type AgentCallOutput<Name extends keyof AgentCalls> = z.output<AgentCalls[Name]['output']>;

/** What may be asked of one agent. */
export interface AgentLink {
  /** Rejects with the agent's error, `timeout`, or `node_offline` when the connection ends first. */
  call<Name extends keyof AgentCalls>(
    name: Name,
    input: AgentCallInput<Name>,
    options?: { timeoutMs?: number },
  ): Promise<AgentCallOutput<Name>>;
}

/** Errors of an agent that mean to a caller of the panel what they say; any other would be about the panel. */
const passedOn: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'bad_request',
  'forbidden',
  'not_running',
  'invalid_state',
  'suspended',
  'not_found',
  'conflict',
  'limit_reached',
  'port_taken',
  'host_package_missing',
  'precondition_failed',
  'payload_too_large',
  'range_not_satisfiable',
  'invalid_input',
  'rate_limited',
  'timeout',
  'unavailable',
  'disk_full',
  'quota_exceeded',
]);

/** The connection of one proven agent. */
export class AgentConnection implements AgentLink {
  readonly nodeId: string;
  readonly processId: string;
  readonly agentVersion: string;
  readonly socket: Socket;
  /** Reconciled: its snapshot has been taken in. */
  isReady = false;

  constructor(socket: Socket, { nodeId, processId, agentVersion }: AgentHello) {
    this.socket = socket;
    // Each call that waits listens for the end of the connection.
    socket.setMaxListeners(0);
    this.nodeId = nodeId;
    this.processId = processId;
    this.agentVersion = agentVersion;
  }

  async call<Name extends keyof AgentCalls>(
    name: Name,
    input: AgentCallInput<Name>,
    options: { timeoutMs?: number } = {},
  ): Promise<AgentCallOutput<Name>> {
    if (!this.socket.connected) throw nodeOffline();
    try {
      return await call(this.socket, agentCalls, name, input, options);
    } catch (error) {
      throw error instanceof AppError ? this.#asOurs(error) : error;
    }
  }

  async stillAnswers(): Promise<boolean> {
    return this.call('node:ping', {}).then(
      () => true,
      () => false,
    );
  }

  #asOurs(error: AppError): AppError {
    if (!this.socket.connected && error.code === 'unavailable') return nodeOffline();
    if (error instanceof MalformedAnswer) {
      return new AppError('unavailable', 'The node answered something that the panel does not understand', {
        cause: error,
      });
    }
    if (passedOn.has(error.code)) return error;
    return new AppError('internal', 'The agent could not do this', { cause: error });
  }
}

export const nodeOffline = () => new AppError('node_offline', 'The node is offline');
