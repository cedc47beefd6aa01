import type { IncomingHttpHeaders } from 'node:http';
import type { Caller } from '../access.ts';
import type { ApiKeyStore } from '../features/api-keys/api-key-store.ts';
import type { SessionStore } from '../features/sessions/session-store.ts';
import { readBearer, readSessionCookie } from './session-cookie.ts';

export interface Credential {
  kind: 'key' | 'bearer' | 'cookie';
  token: string;
}

const keyShape = /^catalyst_[A-Za-z0-9_-]{43}$/;
const sessionShape = /^[A-Za-z0-9_-]{43}$/;
const bearerKey = /^Bearer +(catalyst_[A-Za-z0-9_-]{43})$/i;

/** What somebody shows of who he is: an API key, or the token of a session. */
export class Credentials {
  readonly #sessions: SessionStore;
  readonly #keys: ApiKeyStore;

  constructor(sessions: SessionStore, keys: ApiKeyStore) {
    this.#sessions = sessions;
    this.#keys = keys;
  }

  /** What a program shows on purpose goes before what a browser sends by itself. `token` is that of a socket. */
  read(headers: IncomingHttpHeaders, isSecure: boolean, token?: unknown): Credential | undefined {
    if (typeof token === 'string') return { kind: keyShape.test(token) ? 'key' : 'bearer', token };
    const key = headers['x-api-key'] ?? bearerKey.exec(headers.authorization ?? '')?.[1];
    // Two keys, or no key at all, count as none: nobody is let in by another credential than he meant to show.
    if (key !== undefined) return { kind: 'key', token: String(key) };
    const bearer = readBearer(headers);
    if (bearer) return { kind: 'bearer', token: bearer };
    const cookie = readSessionCookie(headers, isSecure);
    return cookie === undefined ? undefined : { kind: 'cookie', token: cookie };
  }

  /** Whom it stands for, if that is known without asking the database. Throws `forbidden` as `find` does. */
  recall({ kind, token }: Credential, ip: string): Caller | undefined {
    if (!hasShape({ kind, token })) return undefined;
    return kind === 'key' ? this.#keys.recall(token, ip) : this.#sessions.recall(token);
  }

  /**
   * Whom it stands for; undefined when it is unknown, expired or revoked, or its user is disabled. Throws `forbidden`
   * for a key that must not be used from this address.
   */
  async find({ kind, token }: Credential, ip: string): Promise<Caller | undefined> {
    if (!hasShape({ kind, token })) return undefined;
    return kind === 'key' ? this.#keys.find(token, ip) : this.#sessions.find(token);
  }
}

/** Whatever else somebody sends, of whatever length, is neither hashed nor looked up. */
const hasShape = ({ kind, token }: Credential) => (kind === 'key' ? keyShape : sessionShape).test(token);
