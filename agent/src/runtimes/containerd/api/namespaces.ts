import { many, map, message, one, string } from '../grpc/message.ts';
import { service } from '../grpc/method.ts';
import { Empty } from './well-known.ts';

const Namespace = message({ name: string(1), labels: map(2) });
const { unary } = service('containerd.services.namespaces.v1.Namespaces');

export const namespacesApi = {
  get: unary('Get', message({ name: string(1) }), message({ namespace: one(1, Namespace) })),
  list: unary('List', message({ filter: string(1) }), message({ namespaces: many(1, Namespace) })),
  create: unary(
    'Create',
    message({ namespace: one(1, Namespace) }),
    message({ namespace: one(1, Namespace) }),
  ),
  delete: unary('Delete', message({ name: string(1) }), Empty),
};
