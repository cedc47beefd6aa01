import { AppError } from '@catalyst/shared/contract/errors';
import type { Page } from '@catalyst/shared/contract/values';
import type { ManagedUser, NewUser, UserChanges, userRoutes } from '@catalyst/shared/features/users';
import { Brackets, type DataSource, type EntityManager, In } from 'typeorm';
import type { z } from 'zod';
import type { Caller } from '../../access.ts';
import { isUniqueViolation } from '../../database/database-errors.ts';
import type { Revocations } from '../../revocations.ts';
import { findRole } from '../roles/roles.service.ts';
import { ServerEntity } from '../servers/server.entity.ts';
import type { Passwords } from '../sessions/passwords.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import { assertMayGrant, assertOutranks } from './granting.ts';
import { inPeopleTransaction } from './people-lock.ts';
import { RoleEntity } from './role.entity.ts';
import { UserEntity, type UserRow } from './user.entity.ts';
import type { UserRemoval } from './user-removal.ts';
import type { UsersService, UserWithRole } from './users.service.ts';

export type UserQuery = z.output<(typeof userRoutes)['list']['schema']['querystring']>;

interface AdministrationParts {
  database: DataSource;
  users: UsersService;
  sessions: SessionStore;
  passwords: Passwords;
  revocations: Revocations;
  removal: UserRemoval;
}

/** What administrators do with users. Nobody changes those who hold more than he does. */
export class UserAdministration {
  readonly #parts: AdministrationParts;

  constructor(parts: AdministrationParts) {
    this.#parts = parts;
  }

  async list({ limit, cursor, q, roleId, status }: UserQuery): Promise<Page<ManagedUser>> {
    const query = this.#parts.database
      .getRepository(UserEntity)
      .createQueryBuilder('person')
      .orderBy('person.id', 'DESC')
      .take(limit + 1);
    if (cursor !== undefined) query.andWhere('person.id < :cursor', { cursor });
    if (roleId !== undefined) query.andWhere('person.roleId = :roleId', { roleId });
    if (status !== undefined) {
      query.andWhere(`person.disabledAt IS ${status === 'active' ? 'NULL' : 'NOT NULL'}`);
    }
    if (q !== undefined) {
      const pattern = `%${q.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
      query.andWhere(
        new Brackets((either) => {
          for (const column of ['name', 'displayName', 'email']) {
            either.orWhere(`LOWER(person.${column}) LIKE :pattern ESCAPE '\\'`, { pattern });
          }
        }),
      );
    }
    const found = await query.getMany();
    const items = await this.#describe(found.slice(0, limit));
    return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  async get(id: string): Promise<ManagedUser> {
    const [user] = await this.#describe([(await this.#find(id)).user]);
    return user as ManagedUser;
  }

  async create(input: z.output<typeof NewUser>, caller: Caller): Promise<ManagedUser> {
    const { database, users, passwords } = this.#parts;
    const { password, ...account } = input;
    const passwordHash = password === undefined ? '' : await passwords.hash(password, 'known');
    const { user } = await inPeopleTransaction(database, async (manager) => {
      const role = await this.#roleToGive(manager, account.roleId, caller);
      return users.create({ ...account, passwordHash, role }, manager);
    });
    return this.get(user.id);
  }

  async update(id: string, changes: z.output<typeof UserChanges>, caller: Caller): Promise<ManagedUser> {
    const { users, revocations } = this.#parts;
    await this.#change(id, caller, async (manager, { user }) => {
      if (changes.roleId !== undefined) await this.#roleToGive(manager, changes.roleId, caller);
      const isOtherAddress = changes.email !== undefined && changes.email !== user.email;
      return { ...changes, ...(isOtherAddress && { emailVerifiedAt: null }) };
    });
    await users.refresh({ userId: id });
    if (changes.roleId !== undefined) {
      revocations.emit({ kind: 'rights', userId: id, reason: 'Your role was changed' });
    }
    return this.get(id);
  }

  /** Ends his sessions, as whoever knew the old password may have one. */
  async setPassword(
    id: string,
    { password, mustChangePassword }: { password: string; mustChangePassword: boolean },
    caller: Caller,
  ): Promise<void> {
    assertOutranks(caller, (await this.#find(id)).role.permissions);
    const passwordHash = await this.#parts.passwords.hash(password, 'known');
    await this.#change(id, caller, async () => ({ passwordHash, mustChangePassword }));
    await this.#parts.sessions.revokeAllOf(id, 'The password was changed');
  }

  async signOut(id: string, caller: Caller): Promise<void> {
    assertOutranks(caller, (await this.#find(id)).role.permissions);
    await this.#parts.sessions.revokeAllOf(id, 'An administrator ended your sessions');
  }

  async setDisabled(id: string, isDisabled: boolean, caller: Caller): Promise<ManagedUser> {
    const { users, sessions } = this.#parts;
    await this.#change(id, caller, async (_manager, { user }) => ({
      disabledAt: isDisabled ? (user.disabledAt ?? new Date()) : null,
    }));
    await users.refresh({ userId: id });
    if (isDisabled) await sessions.revokeAllOf(id, 'The account was disabled');
    return this.get(id);
  }

  /** His servers go to somebody else, or have gone before. */
  async delete(id: string, heirId: string | undefined, caller: Caller): Promise<void> {
    assertOutranks(caller, (await this.#find(id)).role.permissions);
    await this.#parts.removal.remove(id, heirId, caller);
  }

  /** What he is called, for the record. */
  async nameOf(id: string): Promise<string | undefined> {
    return (await this.#parts.users.names([id])).get(id);
  }

  async #change(
    id: string,
    caller: Caller,
    changesOf: (manager: EntityManager, target: UserWithRole) => Promise<Partial<UserRow>>,
  ): Promise<void> {
    await inPeopleTransaction(this.#parts.database, async (manager) => {
      const target = await this.#find(id, manager);
      assertOutranks(caller, target.role.permissions);
      const changes = await changesOf(manager, target);
      try {
        await manager.update(UserEntity, { id }, { ...changes, updatedAt: new Date() });
      } catch (error) {
        if (isUniqueViolation(error)) throw new AppError('conflict', 'This e-mail address or name is taken');
        throw error;
      }
    });
  }

  async #roleToGive(manager: EntityManager, roleId: string | undefined, caller: Caller) {
    const role = roleId
      ? await findRole(manager, roleId).catch(() => {
          throw new AppError('invalid_input', 'There is no such role', {
            issues: [{ path: 'roleId', message: 'is not a role' }],
          });
        })
      : await manager.findOneByOrFail(RoleEntity, { builtIn: 'user' });
    assertMayGrant(caller, role.permissions, 'roleId');
    return role;
  }

  async #find(id: string, manager: EntityManager = this.#parts.database.manager): Promise<UserWithRole> {
    const user = await manager.findOneBy(UserEntity, { id });
    if (!user) throw new AppError('not_found', 'There is no such user');
    return { user, role: await manager.findOneByOrFail(RoleEntity, { id: user.roleId }) };
  }

  async #describe(users: readonly UserRow[]): Promise<ManagedUser[]> {
    const { database } = this.#parts;
    const roles = await database.getRepository(RoleEntity).find();
    const roleNames = new Map(roles.map(({ id, name }) => [id, name]));
    const owned = await this.#ownedServers(users.map(({ id }) => id));
    return users.map((user) => ({
      id: user.id,
      email: user.email,
      name: user.name,
      displayName: user.displayName,
      role: { id: user.roleId, name: roleNames.get(user.roleId) ?? '' },
      disabledAt: user.disabledAt,
      mustChangePassword: user.mustChangePassword,
      ownedServers: owned.get(user.id) ?? 0,
      createdAt: user.createdAt,
      updatedAt: user.updatedAt,
    }));
  }

  async #ownedServers(userIds: string[]): Promise<Map<string, number>> {
    const counted = await this.#parts.database
      .getRepository(ServerEntity)
      .createQueryBuilder('server')
      .select('server.ownerId', 'ownerId')
      .addSelect('COUNT(*)', 'count')
      .where({ ownerId: In(userIds) })
      .groupBy('server.ownerId')
      .getRawMany<{ ownerId: string; count: number | string }>();
    return new Map(counted.map(({ ownerId, count }) => [ownerId, Number(count)]));
  }
}
