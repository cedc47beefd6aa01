import { bool, type Decoded, many, map, message, one, string, strings, timestamp } from '../grpc/message.ts';
import { service } from '../grpc/method.ts';
import { Empty } from './well-known.ts';

/** What is made under a lease is not collected as garbage while the lease lives. */
export const Lease = message({ id: string(1), createdAt: timestamp(2), labels: map(3) });
export type Lease = Decoded<typeof Lease>;

/** At this time (RFC 3339) the lease ends by itself. */
export const leaseExpiresLabel = 'containerd.io/gc.expire';

/** `type` is `content`, `ingests` or `snapshots/NAME`. */
const Resource = message({ id: string(1), type: string(2) });
const { unary } = service('containerd.services.leases.v1.Leases');

export const leasesApi = {
  create: unary('Create', message({ id: string(1), labels: map(3) }), message({ lease: one(1, Lease) })),
  /** `sync` waits until the garbage is collected. */
  delete: unary('Delete', message({ id: string(1), sync: bool(2) }), Empty),
  list: unary('List', message({ filters: strings(1) }), message({ leases: many(1, Lease) })),
  addResource: unary('AddResource', message({ id: string(1), resource: one(2, Resource) }), Empty),
  listResources: unary(
    'ListResources',
    message({ id: string(1) }),
    message({ resources: many(1, Resource) }),
  ),
};
