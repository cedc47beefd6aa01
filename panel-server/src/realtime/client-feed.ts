import type { z } from 'zod';
import type { ClientEvents } from './event-rooms.ts';

export type ClientPayload<Name extends keyof ClientEvents> = z.input<ClientEvents[Name]['payload']>;

/** The server an event is about. */
export interface AboutServer {
  id: string;
  nodeId: string;
  ownerId: string;
}

/** How the services tell browsers and programs. Only those hear it who hold the permission that the event declares. */
export interface ClientFeed {
  /** About one server: to all who hold the permission on it. */
  toServer<Name extends keyof ClientEvents>(
    server: AboutServer,
    name: Name,
    payload: ClientPayload<Name>,
  ): void;
  /** About one node: to all who hold the permission on it. */
  toNode<Name extends keyof ClientEvents>(nodeId: string, name: Name, payload: ClientPayload<Name>): void;
  /** To all who hold the permission for everything. */
  toAll<Name extends keyof ClientEvents>(name: Name, payload: ClientPayload<Name>): void;
  /** About many servers at once: to everybody about those on which he holds the permission. A slow one misses it. */
  toServersInTime<Name extends keyof ClientEvents, Item>(
    name: Name,
    items: readonly { server: AboutServer; item: Item }[],
    payloadOf: (items: Item[]) => ClientPayload<Name>,
  ): void;
}
