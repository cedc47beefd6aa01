import type { z } from 'zod';
import type { ClientEvents } from './event-rooms.ts';

export type ClientPayload<Name extends keyof ClientEvents> = z.input<ClientEvents[Name]['payload']>;

/** How the services tell browsers and programs. Only those hear it who hold the permission that the event declares. */
export interface ClientFeed {
  /** About one server: to its owner, and to all who hold the permission for every server. */
  toServer<Name extends keyof ClientEvents>(ownerId: string, name: Name, payload: ClientPayload<Name>): void;
  /** To all who hold the permission for everything. */
  toAll<Name extends keyof ClientEvents>(name: Name, payload: ClientPayload<Name>): void;
  /** The same; a slow one misses it. */
  toAllInTime<Name extends keyof ClientEvents>(name: Name, payload: ClientPayload<Name>): void;
  /** To one owner, unless `toAllInTime` reaches him anyway; a slow one misses it. */
  toOwnerInTime<Name extends keyof ClientEvents>(
    ownerId: string,
    name: Name,
    payload: ClientPayload<Name>,
  ): void;
}
