import { z } from 'zod';
import { Id, Port } from '../contract/values.ts';

/** What is really at a port of a server at this moment. */
export const LivePort = z
  .object({
    /** As the server calls it. */
    name: z.string().max(100),
    /** Of the machine, or of the server's own address. */
    port: Port,
    protocol: z.enum(['tcp', 'udp']),
    /** `taken`: a program listens that is not of this server. `unknown`: the node's system does not tell. */
    state: z.enum(['listening', 'closed', 'taken', 'unknown']),
    /** That are listened on: `0.0.0.0` and `::` for all. */
    addresses: z.array(z.string().max(64)).max(20),
    /** The program that has it instead, where the agent may see it. */
    holder: z.string().max(200).nullable(),
  })
  .meta({ id: 'LivePort' });
export type LivePort = z.output<typeof LivePort>;

export const livePortsAgentCalls = {
  'ports:live': {
    summary: "What listens at a server's ports now, and whose it is",
    input: z.strictObject({ serverId: Id }),
    output: z.object({ ports: z.array(LivePort).max(400) }),
  },
} as const;
