import { type Decoded, int64, map, message, string, strings } from '../grpc/message.ts';

/** What names a piece of content: a manifest, a configuration, a layer. */
export const Descriptor = message({
  mediaType: string(1),
  digest: string(2),
  size: int64(3),
  annotations: map(5),
});
export type Descriptor = Decoded<typeof Descriptor>;

/** One mount(2), as snapshots and tasks have them. */
export const Mount = message({ type: string(1), source: string(2), target: string(3), options: strings(4) });
export type Mount = Decoded<typeof Mount>;
