import { z } from 'zod';
import { NoContent, route } from '../contract/route.ts';
import { displayText, Id, PageQuery, pageOf, Timestamp } from '../contract/values.ts';
import { HealthReport } from './nodes-link.ts';

/** `unlinked` waits for its agent, `refused` is connected to nothing we accept (its `statusText` says why). */
export const NodeStatus = z.enum(['unlinked', 'online', 'offline', 'refused']);

export const Node = z
  .object({
    id: Id,
    name: z.string(),
    status: NodeStatus,
    /** Why it is not online, as a sentence. */
    statusText: z.string().nullable(),
    /** This panel started the agent itself, on its own machine. */
    local: z.boolean(),
    /** The address that players use. */
    publicAddress: z.string(),
    maxMemoryMb: z.int().nullable(),
    maxCpuCores: z.number().nullable(),
    /** Whether the agent opens the machine's own firewall for servers while they are up. */
    opensFirewall: z.boolean(),
    allocatedMemoryMb: z.int(),
    allocatedCpuCores: z.number(),
    serverCount: z.int(),
    agentVersion: z.string().nullable(),
    /** Short form of the agent's key, the same as the agent prints. */
    fingerprint: z.string().nullable(),
    lastSeenAt: Timestamp.nullable(),
    health: HealthReport.extend({ at: Timestamp }).nullable(),
    createdAt: Timestamp,
  })
  .meta({ id: 'Node' });
export type Node = z.output<typeof Node>;

const HostName = z
  .string()
  .max(253)
  .regex(/^[A-Za-z0-9._-]+$/, 'must be a host name');

export const PublicAddress = z
  .string()
  .trim()
  .max(253)
  .regex(/^[A-Za-z0-9.:_-]+$/, 'must be a host name or an IP address');

const nodeFields = {
  name: displayText(60),
  hostname: HostName.optional(),
  locationId: Id.optional(),
  publicAddress: PublicAddress,
  maxMemoryMb: z.int().min(64).max(1e9).nullable(),
  maxCpuCores: z.number().min(0.1).max(4096).nullable(),
  opensFirewall: z.boolean(),
};
export const NewNode = z
  .strictObject({
    ...nodeFields,
    maxMemoryMb: nodeFields.maxMemoryMb.default(null),
    maxCpuCores: nodeFields.maxCpuCores.default(null),
    opensFirewall: nodeFields.opensFirewall.default(true),
  })
  .meta({ id: 'NewNode' });
export const NodeChanges = z.strictObject(nodeFields).partial().meta({ id: 'NodeChanges' });

export const DeploymentToken = z
  .object({
    /** Given once; only its hash is kept. Goes to the standard input of `catalyst-agent link`. */
    token: z.string(),
    expiresAt: Timestamp,
    /** Where the agent will look for this panel. */
    panelUrl: z.string(),
    /**
     * Does everything on a Linux machine, in place of the token and as long as it; using one ends the other. Null when
     * this panel has no agent for Linux, or is not reached in a way that a machine could trust.
     */
    installCommand: z.string().nullable(),
  })
  .meta({ id: 'DeploymentToken' });

export const NodeParams = z.strictObject({ id: Id });

export const nodeRoutes = {
  list: route({
    method: 'GET',
    url: '/api/nodes',
    config: { permission: 'node.read', onSomeNodes: true },
    schema: {
      summary: 'All nodes',
      tags: ['Nodes'],
      querystring: PageQuery.extend({ cursor: Id.optional() }),
      response: { 200: pageOf(Node) },
    },
  }),
  create: route({
    method: 'POST',
    url: '/api/nodes',
    config: { permission: 'node.create', audit: 'node.create' },
    schema: { summary: 'Add a node', tags: ['Nodes'], body: NewNode, response: { 201: Node } },
  }),
  get: route({
    method: 'GET',
    url: '/api/nodes/:id',
    config: { permission: 'node.read' },
    schema: { summary: 'One node', tags: ['Nodes'], params: NodeParams, response: { 200: Node } },
  }),
  update: route({
    method: 'PUT',
    url: '/api/nodes/:id',
    config: { permission: 'node.update', audit: 'node.update' },
    schema: {
      summary: 'Change some fields of a node',
      tags: ['Nodes'],
      params: NodeParams,
      body: NodeChanges,
      response: { 200: Node },
    },
  }),
  delete: route({
    method: 'DELETE',
    url: '/api/nodes/:id',
    config: { permission: 'node.delete', audit: 'node.delete' },
    schema: {
      summary: 'Remove a node that has no servers; its agent is cut off',
      tags: ['Nodes'],
      params: NodeParams,
      response: { 204: NoContent },
    },
  }),
  deploymentToken: route({
    method: 'POST',
    url: '/api/nodes/:id/deployment-token',
    config: { permission: 'node.update', audit: 'node.deployment-token' },
    schema: {
      summary:
        'A token, or a command to install with, that links one agent to this node, once, within 15 minutes; earlier ones end',
      tags: ['Nodes'],
      params: NodeParams,
      response: { 201: DeploymentToken },
    },
  }),
  installHostPackages: route({
    method: 'POST',
    url: '/api/nodes/:id/host-packages',
    config: { permission: 'node.update', audit: 'node.install-host-packages' },
    schema: {
      summary: "Install a template's packages from the node's distribution",
      tags: ['Nodes'],
      params: NodeParams,
      body: z.strictObject({ templateId: z.string().max(64) }),
      response: { 200: z.object({ installed: z.array(z.string()), output: z.string() }) },
    },
  }),
};

export const nodeClientEvents = {
  node_update: { summary: 'A node changed', permission: 'node.read', payload: z.object({ node: Node }) },
} as const;
