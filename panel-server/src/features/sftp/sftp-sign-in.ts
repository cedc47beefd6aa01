import { AppError } from '@catalyst/shared/contract/errors';
import { Id } from '@catalyst/shared/contract/values';
import type { DataSource } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { type AccessRules, Caller } from '../../access.ts';
import { ApiKeyEntity } from '../api-keys/api-key.entity.ts';
import type { ApiKeyStore } from '../api-keys/api-key-store.ts';
import type { Factors } from '../factors/factors.service.ts';
import type { Asker, Passwords } from '../sessions/passwords.ts';
import { SessionEntity } from '../sessions/session.entity.ts';
import type { SignInLimiter } from '../sessions/sign-in-limiter.ts';
import type { UsersService, UserWithRole } from '../users/users.service.ts';
import type { SftpTokens } from './sftp-tokens.ts';
import { SshKeyEntity } from './ssh-key.entity.ts';
import type { SshKeys } from './ssh-keys.service.ts';

/** As of no session: what was shown (a password, an SSH key) is good until it is taken back. */
const never = new Date(8_640_000_000_000_000);
const mostPasswordLength = 1000;
const keyShape = /^catalyst_[A-Za-z0-9_-]{43}$/;

export type Credential = 'password' | 'token' | 'key' | 'ssh-key';

export interface SftpLogin {
  caller: Caller;
  serverId: string;
  by: Credential;
  /** Of the account when its password or key was shown: it has ended all sessions when it is another. */
  sessionEpoch: number | null;
}

/** `name.serverId`, or the server alone; split at the last dot. */
export function parseUserName(text: string): { name: string | undefined; serverId: string | undefined } {
  const dot = text.lastIndexOf('.');
  const serverId = Id.safeParse(text.slice(dot + 1));
  return {
    name: dot === -1 || text.length > 200 ? undefined : text.slice(0, dot),
    serverId: serverId.success ? serverId.data : undefined,
  };
}

interface SftpSignInParts {
  database: DataSource;
  users: UsersService;
  passwords: Passwords;
  signInLimiter: SignInLimiter;
  apiKeys: ApiKeyStore;
  access: AccessRules;
  factors: Factors;
  tokens: SftpTokens;
  sshKeys: SshKeys;
}

/**
 * Who may come in by SFTP. All that is wrong is answered alike and after the same time, be it the name, the server, the
 * right or the password; it counts together with the failed sign-ins of the website.
 */
export class SftpSignIn {
  readonly #parts: SftpSignInParts;

  constructor(parts: SftpSignInParts) {
    this.#parts = parts;
  }

  /** The password of the account, a token for SFTP, or an API key. Throws `rate_limited`. */
  async byPassword(userName: string, password: string, ip: string): Promise<SftpLogin | undefined> {
    const { name, serverId } = parseUserName(userName);
    const owner = await this.#ownerOf(name);
    const isTooLong = password.length > mostPasswordLength;
    return this.#parts.signInLimiter.attempt(
      ip,
      accountOf(owner, name, serverId),
      async (asker) => (isTooLong ? undefined : this.#check({ name, serverId, owner, password, ip, asker })),
      { remembers: true },
    );
  }

  /** Whether a signature by this key would do. */
  async knowsKey(userName: string, publicKey: Buffer): Promise<boolean> {
    return (await this.#findKey(userName, publicKey)).login !== undefined;
  }

  /** Throws `rate_limited`. */
  async bySshKey(
    userName: string,
    publicKey: Buffer,
    isSigned: () => boolean,
    ip: string,
  ): Promise<SftpLogin | undefined> {
    const { name, serverId } = parseUserName(userName);
    const { owner, login, row } = await this.#findKey(userName, publicKey);
    return this.#parts.signInLimiter.attempt(
      ip,
      accountOf(owner, name, serverId),
      async () => {
        if (!login || !row || !isSigned()) return undefined;
        this.#parts.sshKeys.noteUse(row);
        return login;
      },
      { remembers: true },
    );
  }

  /** Of keys that were offered in vain: they count once for a connection, as clients try all they have. */
  async countRefusedKeys(userName: string, ip: string): Promise<void> {
    const { name, serverId } = parseUserName(userName);
    const account = accountOf(await this.#ownerOf(name), name, serverId);
    await this.#parts.signInLimiter.attempt(ip, account, async () => undefined);
  }

  /** Whether what let somebody in has not been taken back since. */
  async isStillGood(login: SftpLogin): Promise<boolean> {
    const { access, users, database } = this.#parts;
    const { caller, by, sessionEpoch } = login;
    const { manager } = database;
    const owner = await users.find(caller.userId);
    if (!owner || owner.user.disabledAt) return false;
    if (sessionEpoch !== null && owner.user.sessionEpoch !== sessionEpoch) return false;
    const id = caller.sessionId;
    if (by === 'token' && !(await manager.existsBy(SessionEntity, { id }))) return false;
    if (by === 'key' && !(await manager.existsBy(ApiKeyEntity, { id }))) return false;
    if (by === 'ssh-key' && !(await manager.existsBy(SshKeyEntity, { id }))) return false;
    return mayEnter(access, login);
  }

  async #check(shown: {
    name: string | undefined;
    serverId: string | undefined;
    owner: UserWithRole | undefined;
    password: string;
    ip: string;
    asker: Asker;
  }): Promise<SftpLogin | undefined> {
    const { name, serverId, owner, password, ip, asker } = shown;
    const { passwords, factors } = this.#parts;
    const made = serverId === undefined ? undefined : await this.#byMadeOne(password, serverId, ip);
    if (made && (name === undefined || made.caller.userId === owner?.user.id)) return this.#admit(made);
    // Checked also where it cannot be right, so that it takes as long.
    const isRight = await passwords.matches(owner?.user.passwordHash || undefined, password, asker);
    if (!isRight || !owner || serverId === undefined) return undefined;
    const { id, disabledAt, mustChangePassword } = owner.user;
    if (disabledAt || mustChangePassword || (await factors.methodsOf(id)).length > 0) return undefined;
    return this.#admit(await this.#loginOf(owner, serverId, 'password', uuid()));
  }

  async #byMadeOne(password: string, serverId: string, ip: string): Promise<SftpLogin | undefined> {
    const ofToken = await this.#parts.tokens.find(password, serverId);
    if (ofToken) return { caller: ofToken, serverId, by: 'token', sessionEpoch: null };
    if (!keyShape.test(password)) return undefined;
    const ofKey = await this.#parts.apiKeys.find(password, ip).catch((error: unknown) => {
      // Not from this address.
      if (error instanceof AppError) return undefined;
      throw error;
    });
    return ofKey && { caller: ofKey, serverId, by: 'key', sessionEpoch: null };
  }

  async #findKey(userName: string, publicKey: Buffer) {
    const { name, serverId } = parseUserName(userName);
    const owner = await this.#ownerOf(name);
    const row = owner && (await this.#parts.sshKeys.find(owner.user.id, publicKey));
    const isGood = owner && row && serverId !== undefined && !owner.user.disabledAt;
    const login = isGood ? await this.#loginOf(owner, serverId, 'ssh-key', row.id) : undefined;
    return { owner, row, login: this.#admit(login) };
  }

  async #loginOf(
    { user }: UserWithRole,
    serverId: string,
    by: Credential,
    id: string,
  ): Promise<SftpLogin | undefined> {
    const known = await this.#parts.users.lookUp(user.id);
    // What was checked must hold still.
    if (!known || known.user.sessionEpoch !== user.sessionEpoch) return undefined;
    const caller = new Caller(known.person, { id, expiresAt: never });
    return { caller, serverId, by, sessionEpoch: user.sessionEpoch };
  }

  #admit(login: SftpLogin | undefined): SftpLogin | undefined {
    return login && mayEnter(this.#parts.access, login) ? login : undefined;
  }

  async #ownerOf(name: string | undefined): Promise<UserWithRole | undefined> {
    return name === undefined ? undefined : this.#parts.users.findByName(name);
  }
}

/** Whoever may do anything with the files. */
export const mayEnter = (access: AccessRules, { caller, serverId }: SftpLogin): boolean =>
  (['file.read', 'file.write', 'file.delete'] as const).some((permission) =>
    access.mayOnServer(caller, permission, serverId),
  );

/** What failures count for: the account as the website knows it, where there is one. */
const accountOf = (owner: UserWithRole | undefined, name: string | undefined, serverId: string | undefined) =>
  owner?.user.email ?? `sftp ${name?.slice(0, 100) ?? serverId ?? ''}`;
