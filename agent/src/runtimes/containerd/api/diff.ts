import { many, message, one } from '../grpc/message.ts';
import { service } from '../grpc/method.ts';
import { Descriptor, Mount } from './containerd-types.ts';

const { unary } = service('containerd.services.diff.v1.Diff');

export const diffApi = {
  /** Unpacks a layer; `applied` names it as it is unpacked. Takes as long as the disk does. */
  apply: unary(
    'Apply',
    message({ diff: one(1, Descriptor), mounts: many(2, Mount) }),
    message({ applied: one(1, Descriptor) }),
  ),
};
