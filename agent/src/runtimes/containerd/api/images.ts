import { bool, type Decoded, many, map, message, one, string, strings, timestamp } from '../grpc/message.ts';
import { service } from '../grpc/method.ts';
import { Descriptor } from './containerd-types.ts';
import { Empty, FieldMask } from './well-known.ts';

export const Image = message({
  name: string(1),
  labels: map(2),
  target: one(3, Descriptor),
  createdAt: timestamp(7),
  updatedAt: timestamp(8),
});
export type Image = Decoded<typeof Image>;

const OneImage = message({ image: one(1, Image) });
const { unary } = service('containerd.services.images.v1.Images');

export const imagesApi = {
  get: unary('Get', message({ name: string(1) }), OneImage),
  list: unary('List', message({ filters: strings(1) }), message({ images: many(1, Image) })),
  create: unary('Create', OneImage, OneImage),
  update: unary('Update', message({ image: one(1, Image), updateMask: one(2, FieldMask) }), OneImage),
  /** `sync` waits until the garbage is collected. */
  delete: unary('Delete', message({ name: string(1), sync: bool(2) }), Empty),
};
