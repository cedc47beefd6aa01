import { AppError } from '@catalyst/shared/contract/errors';
import { displayText } from '@catalyst/shared/contract/values';
import { Email } from '@catalyst/shared/features/users';
import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { PanelCore } from '../../core.ts';
import { isUniqueViolation } from '../../database/database-errors.ts';
import { inTransaction } from '../../database/sqlite-gate.ts';
import { inPeopleTransaction } from '../users/people-lock.ts';
import { RoleEntity } from '../users/role.entity.ts';
import { UserEntity } from '../users/user.entity.ts';
import type { UserWithRole } from '../users/users.service.ts';
import { IdentityEntity } from './identity.entity.ts';
import type { OidcClaims } from './oidc-claims.ts';
import type { OidcProviderRow } from './oidc-provider.entity.ts';

type Core = Pick<PanelCore, 'database' | 'users' | 'revocations' | 'log'>;

/** Which account here belongs to an account at a provider. */
export class OidcAccounts {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  /**
   * The account that is linked; else, by a verified address only, one that may be linked without its own sign-in (the
   * provider is trusted and the address was proved here too), or a new one where the provider may make some.
   */
  async ownerOf(provider: OidcProviderRow, claims: OidcClaims): Promise<UserWithRole> {
    const { database, users } = this.#core;
    const identities = database.getRepository(IdentityEntity);
    const place = { providerId: provider.id, subject: claims.subject };
    const identity = await identities.findOneBy(place);
    if (identity) {
      await identities.update({ id: identity.id }, { lastUsedAt: new Date(), label: claims.label });
      const owner = await users.find(identity.userId);
      if (owner) return owner;
    }
    const email = Email.safeParse(claims.verifiedEmail).data;
    if (email === undefined) {
      throw new AppError('conflict', `${provider.name} does not vouch for an e-mail address of yours`);
    }
    const present = await users.findByEmail(email);
    if (!present && !provider.allowCreate) {
      throw new AppError('conflict', 'There is no account for you here. Ask an administrator for one');
    }
    if (present && !(provider.isTrusted && present.user.emailVerifiedAt)) {
      throw new AppError(
        'conflict',
        `There is an account with your address. Sign in to it, then link ${provider.name} under Security`,
      );
    }
    if (present) {
      await this.link(provider, claims, present.user.id);
      return present;
    }
    return this.#create(provider, claims, email);
  }

  async link(
    provider: OidcProviderRow,
    claims: OidcClaims,
    userId: string,
    manager: EntityManager = this.#core.database.manager,
  ): Promise<void> {
    await manager.insert(IdentityEntity, {
      id: uuid(),
      providerId: provider.id,
      subject: claims.subject,
      userId,
      label: claims.label,
      createdAt: new Date(),
      lastUsedAt: new Date(),
    });
  }

  /** The first group that is mapped gives the role, felt at once; the last administrator stays one. */
  async applyGroups(
    provider: OidcProviderRow,
    claims: OidcClaims,
    owner: UserWithRole,
  ): Promise<UserWithRole> {
    const { database, users, revocations, log } = this.#core;
    const mapped = provider.groupRoles.find(({ group }) => claims.groups.includes(group));
    const { id } = owner.user;
    if (!mapped || mapped.roleId === owner.user.roleId) return owner;
    try {
      const isChanged = await inPeopleTransaction(database, async (manager) => {
        if (!(await manager.existsBy(RoleEntity, { id: mapped.roleId }))) return false;
        await manager.update(UserEntity, { id }, { roleId: mapped.roleId, updatedAt: new Date() });
        return true;
      });
      if (!isChanged) return owner;
    } catch (err) {
      if (!(err instanceof AppError)) throw err;
      log.warn({ err, userId: id }, 'A role that a provider’s group gives was not given');
      return owner;
    }
    await users.refresh({ userId: id });
    revocations.emit({ kind: 'rights', userId: id, reason: 'Your role was changed' });
    return (await users.find(id)) ?? owner;
  }

  async #create(provider: OidcProviderRow, claims: OidcClaims, email: string): Promise<UserWithRole> {
    const { database, users } = this.#core;
    const wanted = nameFrom(claims.userName ?? email.replace(/@.*$/, ''));
    const displayName = displayText(80).safeParse(claims.displayName).data ?? null;
    for (let number = 1; ; number++) {
      const name = number === 1 ? wanted : `${wanted.slice(0, 27)}-${number}`;
      if (await database.getRepository(UserEntity).existsBy({ name })) continue;
      try {
        return await inTransaction(database, async (manager) => {
          const owner = await users.create(
            { email, name, displayName, passwordHash: '', emailVerifiedAt: new Date(), role: 'user' },
            manager,
          );
          await this.link(provider, claims, owner.user.id, manager);
          return owner;
        });
      } catch (error) {
        // The same person a moment ago, in another window.
        if (isUniqueViolation(error)) return this.ownerOf(provider, claims);
        throw error;
      }
    }
  }
}

const nameFrom = (text: string) =>
  text
    .toLowerCase()
    .replace(/@.*$/, '')
    .replace(/[^a-z0-9_-]/g, '')
    .slice(0, 32) || 'user';
