import { z } from 'zod';

/** A chain of this machine's firewall that stops what it does not know. */
export const FirewallGate = z.object({
  /** As an administrator knows it, such as `iptables INPUT`. */
  name: z.string().max(200),
  /** `input`: what is for this machine itself. `forward`: what is for servers in private networks. */
  hook: z.enum(['input', 'forward']),
});
export type FirewallGate = z.output<typeof FirewallGate>;

export const OpenPort = z.object({
  serverId: z.string().max(64),
  ip: z.string().max(64),
  port: z.int().min(1).max(65535),
  protocol: z.enum(['tcp', 'udp']),
});

export const FirewallReport = z
  .object({
    /** Why this node cannot open anything, as a sentence; null when it can. */
    unavailable: z.string().max(500).nullable(),
    /** What of the machine's firewall is closed but for what its rules allow; empty when nothing is. */
    gates: z.array(FirewallGate).max(100),
    /** That servers have an opening for now: in the chains above, made by the agent. */
    openPorts: z.array(OpenPort).max(10_000),
    /** Whether the traffic of servers in private networks has one. */
    isForwardingOpen: z.boolean(),
    /** Sentences on what the agent cannot open, and who can. */
    notes: z.array(z.string().max(1000)).max(20),
  })
  .meta({ id: 'FirewallReport' });
export type FirewallReport = z.output<typeof FirewallReport>;

export const firewallAgentCalls = {
  'firewall:set': {
    summary: "Whether running servers are given openings in the machine's firewall; kept over restarts",
    input: z.strictObject({ opens: z.boolean() }),
    output: z.object({}),
  },
  'firewall:report': {
    summary: "What the machine's firewall stops, and what is open in it for servers; changes nothing",
    input: z.strictObject({}),
    output: FirewallReport,
  },
} as const;
