import { EventEmitter } from 'node:events';
import type { Caller } from './access.ts';

/** A right that ended. Every open door (sessions, sockets, streams) listens and closes what depended on it. */
export type Revocation =
  /** Of a session or an API key. */
  | { kind: 'session'; sessionId: string; reason: string }
  /** All of a user's sessions: signed out everywhere, disabled, deleted, password changed. */
  | { kind: 'user'; userId: string; reason: string }
  /** Rights on one server: of one user, or of everyone when it is gone. */
  | { kind: 'server'; serverId: string; userId?: string; reason: string }
  | { kind: 'node'; nodeId: string; reason: string }
  /** No right: what all panels remember and show of a node and its servers is to be read again. */
  | { kind: 'node-settings'; nodeId: string; reason: string }
  /** What somebody may do changed, perhaps on one server only: whatever is open is to be looked at again. */
  | { kind: 'rights'; userId?: string; roleId?: string; keyId?: string; serverId?: string; reason: string };

export type RightsChange = Extract<Revocation, { kind: 'rights' }>;

export class Revocations {
  readonly #events = new EventEmitter().setMaxListeners(0);

  /** Called when what the panel remembers is up to date. */
  emit(revocation: Revocation): void {
    this.#events.emit('revoked', revocation);
    this.#events.emit('share', revocation);
  }

  /** It happened at another panel. */
  receive(revocation: Revocation): void {
    this.#events.emit('revoked', revocation);
  }

  /** Gives the way to stop listening. */
  on(listener: (revocation: Revocation) => void): () => void {
    this.#events.on('revoked', listener);
    return () => this.#events.off('revoked', listener);
  }

  /** What happens here is told to the other panels. */
  shareThrough(share: (revocation: Revocation) => void): void {
    this.#events.on('share', share);
  }
}

/** Whether a change is about this caller. */
export function isAbout({ userId, roleId, keyId }: RightsChange, { person, key }: Caller): boolean {
  if (userId !== undefined && userId !== person.userId) return false;
  if (roleId !== undefined && roleId !== person.roleId) return false;
  return keyId === undefined || keyId === key?.id;
}
