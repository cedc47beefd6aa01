import {
  type Decoded,
  int32,
  int64,
  many,
  map,
  message,
  one,
  string,
  strings,
  timestamp,
} from '../grpc/message.ts';
import { service } from '../grpc/method.ts';
import { Mount } from './containerd-types.ts';
import { Empty, FieldMask } from './well-known.ts';

export const SnapshotKind = { unknown: 0, view: 1, active: 2, committed: 3 } as const;

export const SnapshotInfo = message({
  name: string(1),
  parent: string(2),
  kind: int32(3),
  createdAt: timestamp(4),
  updatedAt: timestamp(5),
  labels: map(6),
});
export type SnapshotInfo = Decoded<typeof SnapshotInfo>;

const Key = message({ snapshotter: string(1), key: string(2) });
const Mounts = message({ mounts: many(1, Mount) });
const NewSnapshot = message({ snapshotter: string(1), key: string(2), parent: string(3), labels: map(4) });
const { unary, stream } = service('containerd.services.snapshots.v1.Snapshots');

export const snapshotsApi = {
  prepare: unary('Prepare', NewSnapshot, Mounts),
  view: unary('View', NewSnapshot, Mounts),
  mounts: unary('Mounts', Key, Mounts),
  commit: unary(
    'Commit',
    message({ snapshotter: string(1), name: string(2), key: string(3), labels: map(4) }),
    Empty,
  ),
  remove: unary('Remove', Key, Empty),
  stat: unary('Stat', Key, message({ info: one(1, SnapshotInfo) })),
  update: unary(
    'Update',
    message({ snapshotter: string(1), info: one(2, SnapshotInfo), updateMask: one(3, FieldMask) }),
    message({ info: one(1, SnapshotInfo) }),
  ),
  list: stream(
    'List',
    message({ snapshotter: string(1), filters: strings(2) }),
    message({ info: many(1, SnapshotInfo) }),
  ),
  usage: unary('Usage', Key, message({ size: int64(1), inodes: int64(2) })),
};
