import { z } from 'zod';
import { NoContent, route } from '../contract/route.ts';
import { Id, PageQuery, Port, pageOf, plainText, Timestamp } from '../contract/values.ts';
import { NodeParams, PublicAddress } from './nodes.ts';
import { parsePortRanges } from './port-ranges.ts';
import { PortBinding } from './server-spec.ts';

const ipAddress = z.union([z.ipv4(), z.ipv6()], { error: 'must be an IP address' });

/** `25565-25600, 27015`. */
const Ports = z
  .string()
  .max(2000, 'must be at most 2000 characters')
  .superRefine((text, context) => {
    try {
      parsePortRanges(text);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
    }
  });

const poolFields = {
  ports: Ports,
  /** A host name that players are told in place of the address. */
  alias: PublicAddress.nullable(),
  notes: plainText(500),
};

/** One pool for each address, all with the same ports. */
export const NewPortPools = z
  .strictObject({
    ...poolFields,
    ips: z.array(ipAddress).min(1, 'must name an address').max(64).default(['0.0.0.0']),
    alias: poolFields.alias.default(null),
    notes: poolFields.notes.default(''),
  })
  .meta({ id: 'NewPortPools' });
export type NewPortPools = z.output<typeof NewPortPools>;

/** Ports that servers have stay theirs, also outside the pool. */
export const PortPoolChanges = z
  .strictObject({ ...poolFields, ip: ipAddress })
  .partial()
  .meta({ id: 'PortPoolChanges' });
export type PortPoolChanges = z.output<typeof PortPoolChanges>;

/** Ports of one address of a node that servers are given. */
export const PortPool = z
  .object({
    id: Id,
    nodeId: Id,
    /** `0.0.0.0` for all addresses of the machine. */
    ip: z.string(),
    ports: z.string(),
    alias: z.string().nullable(),
    notes: z.string(),
    portCount: z.int(),
    /** Of those, how many no server has, in either protocol. */
    freeCount: z.int(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .meta({ id: 'PortPool' });
export type PortPool = z.output<typeof PortPool>;

/** A port that a server has. */
export const PortAllocation = z
  .object({
    ip: z.string(),
    port: Port,
    protocol: PortBinding.shape.protocol,
    targetPort: Port.nullable(),
    /** As the server calls it. */
    name: z.string(),
    serverId: Id,
    /** Null for a deleted server whose node has not been told yet. */
    serverName: z.string().nullable(),
    /** The network of which `ip` is an address; null for the machine's own addresses. */
    networkName: z.string().nullable(),
    /** Null outside all pools. */
    poolId: Id.nullable(),
  })
  .meta({ id: 'PortAllocation' });
export type PortAllocation = z.output<typeof PortAllocation>;

export const PortPoolParams = z.strictObject({ id: Id, poolId: Id });

export const portPoolRoutes = {
  list: route({
    method: 'GET',
    url: '/api/nodes/:id/port-pools',
    config: { permission: 'node.read' },
    schema: {
      summary: "The pools that the node's servers are given ports from; without any, all ports are",
      tags: ['Nodes'],
      params: NodeParams,
      response: { 200: z.object({ items: z.array(PortPool), nextCursor: z.null() }) },
    },
  }),
  create: route({
    method: 'POST',
    url: '/api/nodes/:id/port-pools',
    config: { permission: 'node.update', audit: 'node.create-port-pools' },
    schema: {
      summary: 'Add pools of ports, one for each address; all of them or none',
      tags: ['Nodes'],
      params: NodeParams,
      body: NewPortPools,
      response: { 201: z.object({ items: z.array(PortPool) }) },
    },
  }),
  update: route({
    method: 'PUT',
    url: '/api/nodes/:id/port-pools/:poolId',
    config: { permission: 'node.update', audit: 'node.update-port-pool' },
    schema: {
      summary: 'Change a pool; ports that servers have stay theirs, also those that are outside then',
      tags: ['Nodes'],
      params: PortPoolParams,
      body: PortPoolChanges,
      response: { 200: PortPool },
    },
  }),
  delete: route({
    method: 'DELETE',
    url: '/api/nodes/:id/port-pools/:poolId',
    config: { permission: 'node.update', audit: 'node.delete-port-pool' },
    schema: {
      summary: 'Remove a pool; ports that servers have stay theirs',
      tags: ['Nodes'],
      params: PortPoolParams,
      response: { 204: NoContent },
    },
  }),
  allocations: route({
    method: 'GET',
    url: '/api/nodes/:id/allocations',
    config: { permission: 'node.read' },
    schema: {
      summary: "The ports that the node's servers have, by number",
      tags: ['Nodes'],
      params: NodeParams,
      querystring: PageQuery.extend({
        cursor: z
          .string()
          .regex(/^\d{1,5}-[0-9a-f-]{36}$/, 'is not a cursor of this list')
          .optional(),
      }),
      response: { 200: pageOf(PortAllocation) },
    },
  }),
};
