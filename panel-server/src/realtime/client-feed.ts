import type { clientEvents } from '@catalyst/shared/realtime';
import type { z } from 'zod';

export type ClientEvents = typeof clientEvents;
export type ClientPayload<Name extends keyof ClientEvents> = z.input<ClientEvents[Name]['payload']>;

/** How the services tell browsers and programs; each gets only what it may see. */
export interface ClientFeed {
  /** To the server's owner and all who may see every server. */
  toServer<Name extends keyof ClientEvents>(ownerId: string, name: Name, payload: ClientPayload<Name>): void;
  /** To those who may see every server. A slow one misses it. */
  toAllServers<Name extends keyof ClientEvents>(name: Name, payload: ClientPayload<Name>): void;
  /** To one owner, unless he may see every server anyway. A slow one misses it. */
  toOwner<Name extends keyof ClientEvents>(ownerId: string, name: Name, payload: ClientPayload<Name>): void;
  /** To those who may see the nodes. */
  toNodes<Name extends keyof ClientEvents>(name: Name, payload: ClientPayload<Name>): void;
}
