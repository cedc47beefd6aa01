import { z } from 'zod';
import { NoContent, route } from '../contract/route.ts';
import { Id, Timestamp } from '../contract/values.ts';
import { Subnet } from './networks.ts';
import { countAddresses, isInSubnet, usableRange } from './subnets.ts';

const ipAddress = z.union([z.ipv4(), z.ipv6()], { error: 'must be an IP address' });

const poolFields = {
  cidr: Subnet,
  /** Of the network; never given to a server. */
  gateway: ipAddress.nullable().optional(),
  /** The first address that servers are given; the first of all when left out. */
  startIp: ipAddress.optional(),
  /** The last one; the last of all when left out. */
  endIp: ipAddress.optional(),
  /** Addresses that no server is given. */
  reserved: z.array(ipAddress).max(1000),
};

type Fields = Pick<z.output<z.ZodObject<typeof poolFields>>, 'cidr' | 'gateway' | 'startIp' | 'endIp'> & {
  reserved: readonly string[];
};

/** What contradicts itself in it, by field. */
function checkPool(
  { cidr, gateway, startIp, endIp, reserved }: Fields,
  context: z.core.$RefinementCtx,
): void {
  const issue = (path: (string | number)[], message: string) =>
    context.issues.push({ code: 'custom', input: undefined, path, message });
  const outside = `must be in ${cidr}`;
  if (gateway && !isInSubnet(gateway, cidr)) issue(['gateway'], outside);
  if (startIp && !isInSubnet(startIp, cidr)) issue(['startIp'], outside);
  if (endIp && !isInSubnet(endIp, cidr)) issue(['endIp'], outside);
  for (const [index, address] of reserved.entries()) {
    if (!isInSubnet(address, cidr)) issue(['reserved', index], outside);
  }
  const usable = usableRange(cidr);
  const [start = '', end = ''] = [startIp ?? usable?.startIp, endIp ?? usable?.endIp];
  if (!isInSubnet(start, cidr) || !isInSubnet(end, cidr)) return;
  if (countAddresses({ startIp: start, endIp: end }) > 0n) return;
  if (endIp === undefined) issue(['startIp'], `must not be after ${end}`);
  else issue(['endIp'], `must not be before ${start}`);
}

export const NewIpPool = z
  .strictObject({
    ...poolFields,
    nodeId: Id,
    /** One of the node's, of the kind macvlan or ipvlan. */
    networkName: z.string().min(1).max(31),
    reserved: poolFields.reserved.default([]),
  })
  .superRefine(checkPool)
  .meta({ id: 'NewIpPool' });
export type NewIpPool = z.output<typeof NewIpPool>;

/** Its node and network stay. Addresses that servers have stay theirs, also outside the pool. */
export const IpPoolChanges = z.strictObject(poolFields).partial().meta({ id: 'IpPoolChanges' });
export type IpPoolChanges = z.output<typeof IpPoolChanges>;

/** Addresses of a node's network that servers are given. */
export const IpPool = z
  .object({
    id: Id,
    nodeId: Id,
    networkId: Id,
    networkName: z.string(),
    cidr: z.string(),
    gateway: z.string().nullable(),
    startIp: z.string(),
    endIp: z.string(),
    reserved: z.array(z.string()),
    /** Addresses of the pool that servers have, also deleted ones whose node has not been told yet. */
    used: z.array(z.object({ address: z.string(), serverId: Id, serverName: z.string().nullable() })),
    /** Not exact above 2^53. */
    freeCount: z.number().min(0),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .meta({ id: 'IpPool' });
export type IpPool = z.output<typeof IpPool>;

export const IpPoolParams = z.strictObject({ id: Id });

export const ipPoolRoutes = {
  list: route({
    method: 'GET',
    url: '/api/ip-pools',
    config: { permission: 'node.read', onSomeNodes: true },
    schema: {
      summary: 'The pools of addresses, of one node or of all that the caller may see',
      tags: ['Nodes'],
      querystring: z.strictObject({ nodeId: Id.optional() }),
      response: { 200: z.object({ items: z.array(IpPool), nextCursor: z.null() }) },
    },
  }),
  create: route({
    method: 'POST',
    url: '/api/ip-pools',
    config: { permission: 'node.update', audit: 'pool.create', onSomeNodes: true },
    schema: {
      summary:
        'Add a pool of addresses: servers in the network get the first free one unless they name theirs',
      tags: ['Nodes'],
      body: NewIpPool,
      response: { 201: IpPool },
    },
  }),
  get: route({
    method: 'GET',
    url: '/api/ip-pools/:id',
    config: { permission: 'node.read', onSomeNodes: true },
    schema: {
      summary: 'One pool of addresses, and who has which',
      tags: ['Nodes'],
      params: IpPoolParams,
      response: { 200: IpPool },
    },
  }),
  update: route({
    method: 'PUT',
    url: '/api/ip-pools/:id',
    config: { permission: 'node.update', audit: 'pool.update', onSomeNodes: true },
    schema: {
      summary: 'Change a pool of addresses; those that servers have stay theirs',
      tags: ['Nodes'],
      params: IpPoolParams,
      body: IpPoolChanges,
      response: { 200: IpPool },
    },
  }),
  delete: route({
    method: 'DELETE',
    url: '/api/ip-pools/:id',
    config: { permission: 'node.update', audit: 'pool.delete', onSomeNodes: true },
    schema: {
      summary: 'Remove a pool of addresses; those that servers have stay theirs',
      tags: ['Nodes'],
      params: IpPoolParams,
      response: { 204: NoContent },
    },
  }),
};
