import { AppError } from '@catalyst/shared/contract/errors';
import type { Call } from '@catalyst/shared/contract/rpc';
import { agentCalls } from '@catalyst/shared/link';
import type { AgentCallInput, AgentCallOutput, AgentCalls } from '../../realtime/agent-connection.ts';
import type { AgentDoor } from '../../realtime/agent-door.ts';
import type { NodeIndex } from './node-index.ts';

/** Asks the agent of a node that somebody named. Rejects with `not_found`, `node_offline` or what the agent answers. */
export async function askNode<Name extends keyof AgentCalls>(
  { agents, nodeIndex }: { agents: AgentDoor; nodeIndex: NodeIndex },
  nodeId: string,
  name: Name,
  input: AgentCallInput<Name>,
): Promise<AgentCallOutput<Name>> {
  if (!nodeIndex.find(nodeId)) throw new AppError('not_found', 'There is no such node');
  try {
    return await agents.call(nodeId, name, input);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'timeout') throw error;
    const { timeoutMs = 10_000 } = agentCalls[name] as Call;
    throw new AppError('timeout', `The node did not answer within ${timeoutMs / 1000} s`, { cause: error });
  }
}
