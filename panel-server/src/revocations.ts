import { EventEmitter } from 'node:events';

/** A right that ended. Every open door (sessions, sockets, streams) listens and closes what depended on it. */
export type Revocation =
  | { kind: 'session'; sessionId: string; reason: string }
  /** All of a user's sessions: signed out everywhere, disabled, deleted, password or role changed. */
  | { kind: 'user'; userId: string; reason: string }
  /** Rights on one server: of one user, or of everyone when it is gone. */
  | { kind: 'server'; serverId: string; userId?: string; reason: string }
  | { kind: 'node'; nodeId: string; reason: string };

export class Revocations {
  readonly #events = new EventEmitter().setMaxListeners(0);

  emit(revocation: Revocation): void {
    this.#events.emit('revoked', revocation);
  }

  /** Gives the way to stop listening. */
  on(listener: (revocation: Revocation) => void): () => void {
    this.#events.on('revoked', listener);
    return () => this.#events.off('revoked', listener);
  }
}
