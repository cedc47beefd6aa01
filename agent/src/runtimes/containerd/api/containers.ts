import { type Decoded, many, map, message, one, string, strings, timestamp } from '../grpc/message.ts';
import { service } from '../grpc/method.ts';
import { Any, Empty, FieldMask } from './well-known.ts';

/** The only runtime there is in every version. */
export const runcRuntime = 'io.containerd.runc.v2';
/** Of a container's spec, as JSON. */
export const specTypeUrl = 'types.containerd.io/opencontainers/runtime-spec/1/Spec';

const Runtime = message({ name: string(1), options: one(2, Any) });

export const Container = message({
  id: string(1),
  labels: map(2),
  image: string(3),
  runtime: one(4, Runtime),
  spec: one(5, Any),
  snapshotter: string(6),
  snapshotKey: string(7),
  createdAt: timestamp(8),
  updatedAt: timestamp(9),
});
export type Container = Decoded<typeof Container>;

const OneContainer = message({ container: one(1, Container) });
const { unary } = service('containerd.services.containers.v1.Containers');

export const containersApi = {
  get: unary('Get', message({ id: string(1) }), OneContainer),
  list: unary('List', message({ filters: strings(1) }), message({ containers: many(1, Container) })),
  create: unary('Create', OneContainer, OneContainer),
  update: unary(
    'Update',
    message({ container: one(1, Container), updateMask: one(2, FieldMask) }),
    OneContainer,
  ),
  delete: unary('Delete', message({ id: string(1) }), Empty),
};
