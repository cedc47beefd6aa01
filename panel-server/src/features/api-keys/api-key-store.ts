import { hash } from 'node:crypto';
import { AppError } from '@catalyst/shared/contract/errors';
import { grantsOf } from '@catalyst/shared/contract/permissions';
import type { DataSource } from 'typeorm';
import { Caller, type CallingKey } from '../../access.ts';
import { type NetworkList, networkList } from '../../http/network-list.ts';
import type { Logger } from '../../logger.ts';
import type { Revocation, Revocations } from '../../revocations.ts';
import type { UsersService } from '../users/users.service.ts';
import { ApiKeyEntity, type ApiKeyRow } from './api-key.entity.ts';

const noteUseEveryMs = 60_000;
/** The last moment there is. */
const never = new Date(8_640_000_000_000_000);

interface Remembered {
  caller: Caller;
  isAllowedFrom: NetworkList;
  checkedAt: number;
  notedUseAt: number;
}

/** Keys and whom they stand for. Asked at every request, so what was read once is kept until it is revoked. */
export class ApiKeyStore {
  readonly #database: DataSource;
  readonly #users: UsersService;
  readonly #log: Logger;
  readonly #remembered = new Map<string, Remembered>();
  /** One object for each key, which changes with it. */
  readonly #keys = new Map<string, CallingKey>();
  /** How many keys or users were revoked or changed; what was read before is not remembered. */
  #changes = 0;
  /** Another panel on the same Postgres may revoke what this one remembers. */
  readonly #trustMs: number;

  constructor(parts: { database: DataSource; users: UsersService; revocations: Revocations; log: Logger }) {
    this.#database = parts.database;
    this.#users = parts.users;
    this.#log = parts.log;
    this.#trustMs = parts.database.options.type === 'postgres' ? 1500 : Number.POSITIVE_INFINITY;
    parts.revocations.on((revocation) => this.#forget(revocation));
  }

  /** Throws `forbidden` for an address that is not allowed. */
  recall(token: string, ip: string): Caller | undefined {
    const remembered = this.#remembered.get(keyHash(token));
    if (!remembered) return undefined;
    const { caller, isAllowedFrom, checkedAt } = remembered;
    const now = Date.now();
    if (caller.sessionExpiresAt.getTime() <= now || now - checkedAt > this.#trustMs) return undefined;
    if (caller.person.isLockedOut) return undefined;
    if (!isAllowedFrom(ip)) throw new AppError('forbidden', 'This key must not be used from this address');
    if (now - remembered.notedUseAt > noteUseEveryMs) this.#noteUse(remembered, ip, now);
    return caller;
  }

  async find(token: string, ip: string): Promise<Caller | undefined> {
    const known = this.recall(token, ip);
    if (known) return known;
    const wanted = keyHash(token);
    const notedUseAt = this.#remembered.get(wanted)?.notedUseAt ?? 0;
    this.#remembered.delete(wanted);
    for (;;) {
      const seen = this.#changes;
      const row = await this.#database.getRepository(ApiKeyEntity).findOneBy({ keyHash: wanted });
      if (!row || (row.expiresAt && row.expiresAt.getTime() <= Date.now())) return undefined;
      const owner = await this.#users.lookUp(row.userId);
      if (!owner || owner.user.disabledAt) return undefined;
      // It may be this key that was changed or revoked meanwhile.
      if (seen !== this.#changes) continue;
      const through = { id: row.id, expiresAt: row.expiresAt ?? never, key: this.#keyOf(row) };
      this.#remembered.set(wanted, {
        caller: new Caller(owner.person, through),
        isAllowedFrom: networkList(row.allowedAddresses),
        checkedAt: Date.now(),
        notedUseAt,
      });
      return this.recall(token, ip);
    }
  }

  /** Brings up to date what is remembered of a key. */
  async refresh(keyId: string): Promise<void> {
    this.#changes += 1;
    for (;;) {
      const seen = this.#changes;
      const row = await this.#database.getRepository(ApiKeyEntity).findOneBy({ id: keyId });
      if (seen !== this.#changes) continue;
      if (row) this.#keyOf(row);
      break;
    }
    this.#forgetWhere(({ caller }) => caller.sessionId === keyId);
  }

  #keyOf({ id, name, scopes, requestsPerMinute }: ApiKeyRow): CallingKey {
    const current = { name, scopes: grantsOf(scopes), requestsPerMinute };
    const key = Object.assign(this.#keys.get(id) ?? { id }, current);
    this.#keys.set(id, key);
    return key;
  }

  #forget(revocation: Revocation): void {
    if (revocation.kind === 'session' || revocation.kind === 'user') this.#changes += 1;
    this.#forgetWhere(
      ({ caller }) =>
        (revocation.kind === 'session' && revocation.sessionId === caller.sessionId) ||
        (revocation.kind === 'user' && revocation.userId === caller.userId),
    );
    if (revocation.kind === 'session') this.#keys.delete(revocation.sessionId);
  }

  #forgetWhere(isMeant: (remembered: Remembered) => boolean): void {
    for (const [token, remembered] of this.#remembered) {
      if (isMeant(remembered)) this.#remembered.delete(token);
    }
  }

  #noteUse(remembered: Remembered, ip: string, now: number): void {
    remembered.notedUseAt = now;
    this.#database
      .getRepository(ApiKeyEntity)
      .update({ id: remembered.caller.sessionId }, { lastUsedAt: new Date(now), lastUsedIp: ip })
      .catch((err: unknown) => this.#log.warn({ err }, 'The last use of an API key was not noted'));
  }
}

/** A key has 256 random bits, so a fast hash protects it, and looking it up by its hash tells nothing of it. */
export const keyHash = (token: string) => hash('sha256', token, 'hex');
