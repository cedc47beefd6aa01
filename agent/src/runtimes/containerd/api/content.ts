import {
  bytes,
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
import { Empty, FieldMask } from './well-known.ts';

export const ContentInfo = message({
  digest: string(1),
  size: int64(2),
  createdAt: timestamp(3),
  updatedAt: timestamp(4),
  labels: map(5),
});
export type ContentInfo = Decoded<typeof ContentInfo>;

/** Something being written under a name of ours. */
export const IngestStatus = message({
  startedAt: timestamp(1),
  updatedAt: timestamp(2),
  ref: string(3),
  offset: int64(4),
  total: int64(5),
  expected: string(6),
});
export type IngestStatus = Decoded<typeof IngestStatus>;

export const WriteAction = { stat: 0, write: 1, commit: 2 } as const;

const WriteRequest = message({
  action: int32(1),
  ref: string(2),
  total: int64(3),
  expected: string(4),
  offset: int64(5),
  data: bytes(6),
  /** Given to the content when it is committed. */
  labels: map(7),
});

const WriteResponse = message({
  action: int32(1),
  startedAt: timestamp(2),
  updatedAt: timestamp(3),
  offset: int64(4),
  total: int64(5),
  digest: string(6),
});

const { unary, stream, bidi } = service('containerd.services.content.v1.Content');

export const contentApi = {
  info: unary('Info', message({ digest: string(1) }), message({ info: one(1, ContentInfo) })),
  update: unary(
    'Update',
    message({ info: one(1, ContentInfo), updateMask: one(2, FieldMask) }),
    message({ info: one(1, ContentInfo) }),
  ),
  list: stream('List', message({ filters: strings(1) }), message({ info: many(1, ContentInfo) })),
  delete: unary('Delete', message({ digest: string(1) }), Empty),
  read: stream(
    'Read',
    message({ digest: string(1), offset: int64(2), size: int64(3) }),
    message({ offset: int64(1), data: bytes(2) }),
  ),
  status: unary('Status', message({ ref: string(1) }), message({ status: one(1, IngestStatus) })),
  listStatuses: unary(
    'ListStatuses',
    message({ filters: strings(1) }),
    message({ statuses: many(1, IngestStatus) }),
  ),
  /** One message, one answer; a commit of what is there already ends with `alreadyExists`. */
  write: bidi('Write', WriteRequest, WriteResponse),
  abort: unary('Abort', message({ ref: string(1) }), Empty),
};
