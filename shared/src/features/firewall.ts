import { z } from 'zod';
import { route } from '../contract/route.ts';
import { FirewallReport, OpenPort } from './firewall-link.ts';
import { NodeParams } from './nodes.ts';

/** What a node's own firewall stops, and what is open in it for servers. */
export const NodeFirewall = FirewallReport.extend({
  /** Whether the agent opens it for servers; a field of the node. */
  opens: z.boolean(),
  openPorts: z.array(OpenPort.extend({ serverName: z.string().nullable() })),
}).meta({ id: 'NodeFirewall' });
export type NodeFirewall = z.output<typeof NodeFirewall>;

export const firewallRoutes = {
  get: route({
    method: 'GET',
    url: '/api/nodes/:id/firewall',
    config: { permission: 'node.read' },
    schema: {
      summary: "What the machine's firewall stops, and which ports are open in it for servers now",
      tags: ['Nodes'],
      params: NodeParams,
      response: { 200: NodeFirewall },
    },
  }),
};
