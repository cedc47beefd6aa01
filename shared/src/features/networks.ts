import { z } from 'zod';
import { NoContent, route } from '../contract/route.ts';
import { Id, Timestamp } from '../contract/values.ts';
import { NodeParams } from './nodes.ts';
import { CniPlugin, InterfaceName } from './server-spec.ts';
import { canonicalSubnet, isInSubnet } from './subnets.ts';

/** Of every node; an administrator's own networks have other names. */
const builtInNames = ['host', 'bridge'];

export const NetworkName = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,30}$/,
    'must be up to 31 lower case letters, digits and -, beginning with a letter',
  )
  .refine((name) => !builtInNames.includes(name), 'is the name of a network that every node has');

export const NetworkKind = z.enum(['macvlan', 'ipvlan', 'cni']);
export type NetworkKind = z.output<typeof NetworkKind>;

const ipAddress = z.union([z.ipv4(), z.ipv6()], { error: 'must be an IP address' });
export const Subnet = z
  .string()
  .max(64)
  .refine((text) => canonicalSubnet(text) !== null, 'must be a network such as 192.168.1.0/24');

/** In the order in which they are called, as CNI has them; addresses and ports are filled in by the agent. */
const Plugins = z.array(CniPlugin).min(1).max(10);

const parentFields = {
  /** The interface of the machine that leads into the network. */
  parent: InterfaceName,
  subnet: Subnet,
  gateway: ipAddress.nullable(),
};

const isGatewayInside = ({ subnet, gateway }: { subnet: string; gateway: string | null }) =>
  gateway === null || isInSubnet(gateway, subnet);
const gatewayOutside = { error: 'must be in the subnet', path: ['gateway'] };

/** A network of one node that servers with an address of their own, or behind plugins of an admin's choice, can be in. */
export const NewNodeNetwork = z
  .discriminatedUnion('kind', [
    z
      .strictObject({
        name: NetworkName,
        kind: z.enum(['macvlan', 'ipvlan']),
        ...parentFields,
        gateway: parentFields.gateway.default(null),
      })
      .refine(isGatewayInside, gatewayOutside),
    z.strictObject({ name: NetworkName, kind: z.literal('cni'), plugins: Plugins }),
  ])
  .meta({ id: 'NewNodeNetwork' });
export type NewNodeNetwork = z.output<typeof NewNodeNetwork>;

/** Servers name their network, so its name and kind stay; what changes takes effect at their next start. */
export const NodeNetworkChanges = z
  .strictObject({ ...parentFields, plugins: Plugins })
  .partial()
  .meta({ id: 'NodeNetworkChanges' });
export type NodeNetworkChanges = z.output<typeof NodeNetworkChanges>;

export const NodeNetwork = z
  .object({
    id: Id,
    nodeId: Id,
    name: z.string(),
    kind: NetworkKind,
    parent: z.string().nullable(),
    subnet: z.string().nullable(),
    gateway: z.string().nullable(),
    plugins: z.array(z.looseObject({ type: z.string() })).nullable(),
    /** Addresses that servers have, also deleted ones whose node has not been told yet. */
    addresses: z.array(z.object({ address: z.string(), serverId: Id, serverName: z.string().nullable() })),
    serverCount: z.int(),
    /** How many addresses its pools have left; null where it has no pool, so that servers name theirs. */
    freeInPools: z.number().min(0).nullable(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .meta({ id: 'NodeNetwork' });
export type NodeNetwork = z.output<typeof NodeNetwork>;

export const NodeNetworkParams = z.strictObject({ id: Id, networkId: Id });

export const networkRoutes = {
  list: route({
    method: 'GET',
    url: '/api/nodes/:id/networks',
    config: { permission: 'node.read' },
    schema: {
      summary: "The node's own networks, beside `host` and `bridge` that every node has",
      tags: ['Nodes'],
      params: NodeParams,
      response: { 200: z.object({ items: z.array(NodeNetwork), nextCursor: z.null() }) },
    },
  }),
  create: route({
    method: 'POST',
    url: '/api/nodes/:id/networks',
    config: { permission: 'node.update', audit: 'node.create-network' },
    schema: {
      summary: 'Define a network that servers of the node can be in',
      tags: ['Nodes'],
      params: NodeParams,
      body: NewNodeNetwork,
      response: { 201: NodeNetwork },
    },
  }),
  update: route({
    method: 'PUT',
    url: '/api/nodes/:id/networks/:networkId',
    config: { permission: 'node.update', audit: 'node.update-network' },
    schema: {
      summary: 'Change a network; its servers are in the new one from their next start',
      tags: ['Nodes'],
      params: NodeNetworkParams,
      body: NodeNetworkChanges,
      response: { 200: NodeNetwork },
    },
  }),
  delete: route({
    method: 'DELETE',
    url: '/api/nodes/:id/networks/:networkId',
    config: { permission: 'node.update', audit: 'node.delete-network' },
    schema: {
      summary: 'Remove a network that no server is in',
      tags: ['Nodes'],
      params: NodeNetworkParams,
      response: { 204: NoContent },
    },
  }),
};
