import { type Decoded, message, one, string, strings, timestamp, uint32 } from '../grpc/message.ts';
import { service } from '../grpc/method.ts';
import { Any } from './well-known.ts';

export const Envelope = message({
  timestamp: timestamp(1),
  namespace: string(2),
  topic: string(3),
  event: one(4, Any),
});
export type Envelope = Decoded<typeof Envelope>;

/** What may be in an envelope, by its topic. */
const events = {
  '/tasks/create': message({ containerId: string(1), bundle: string(2), pid: uint32(6) }),
  '/tasks/start': message({ containerId: string(1), pid: uint32(2) }),
  /** The task itself ended when `id` is the container's; else a process added to it. */
  '/tasks/exit': message({
    containerId: string(1),
    id: string(2),
    pid: uint32(3),
    exitStatus: uint32(4),
    exitedAt: timestamp(5),
  }),
  '/tasks/oom': message({ containerId: string(1) }),
  '/tasks/delete': message({
    containerId: string(1),
    pid: uint32(2),
    exitStatus: uint32(3),
    exitedAt: timestamp(4),
    id: string(5),
  }),
  '/tasks/exec-added': message({ containerId: string(1), execId: string(2) }),
  '/tasks/exec-started': message({ containerId: string(1), execId: string(2), pid: uint32(3) }),
  '/tasks/paused': message({ containerId: string(1) }),
  '/tasks/resumed': message({ containerId: string(1) }),
};
type Events = typeof events;

export type TaskEvent = {
  [Topic in keyof Events]: { topic: Topic; at: Date; event: Decoded<Events[Topic]> };
}[keyof Events];

/** The event in an envelope; null when it is about something else than tasks. */
export function readTaskEvent({ topic, timestamp, event }: Envelope): TaskEvent | null {
  if (!Object.hasOwn(events, topic) || !event) return null;
  const decoded = events[topic as keyof Events].decode(event.value);
  return { topic, at: timestamp ?? new Date(), event: decoded } as TaskEvent;
}

const { stream } = service('containerd.services.events.v1.Events');

export const eventsApi = {
  /**
   * Never ends by itself. Filters such as `namespace==x`; an envelope passes when one of them does. Nothing tells when
   * it has begun, and with 2.x that is often after the next call: who needs to know asks as well.
   */
  subscribe: stream('Subscribe', message({ filters: strings(1) }), Envelope),
};
