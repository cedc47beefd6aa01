import { type Decoded, int32, many, map, message, one, string, strings } from '../grpc/message.ts';
import { service } from '../grpc/method.ts';

const InitError = message({ code: int32(1), message: string(2) });

export const Plugin = message({
  type: string(1),
  id: string(2),
  requires: strings(3),
  exports: map(5),
  capabilities: strings(6),
  /** Why it does not work; absent when it does. */
  initError: one(7, InitError),
});
export type Plugin = Decoded<typeof Plugin>;

const { unary } = service('containerd.services.introspection.v1.Introspection');

export const introspectionApi = {
  /** Which snapshotters and runtimes there are. Filters such as `type==io.containerd.snapshotter.v1`. */
  plugins: unary('Plugins', message({ filters: strings(1) }), message({ plugins: many(1, Plugin) })),
};
