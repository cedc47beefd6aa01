import { AppError } from '@catalyst/shared/contract/errors';
import { builtInRoles, grantsOf } from '@catalyst/shared/contract/permissions';
import type { User } from '@catalyst/shared/features/users';
import { type DataSource, type EntityManager, In } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { CallingKey, Person } from '../../access.ts';
import { isUniqueViolation } from '../../database/database-errors.ts';
import { DeletedUserEntity } from './deleted-user.entity.ts';
import { RoleEntity, type RoleRow } from './role.entity.ts';
import { UserEntity, type UserRow } from './user.entity.ts';

interface NewUser {
  email: string;
  name: string;
  emailVerifiedAt?: Date | null;
  /** Empty for an account without a password. */
  passwordHash: string;
  /** By what the code calls it, or the role itself. */
  role: keyof typeof builtInRoles | RoleRow;
  displayName?: string | null;
  mustChangePassword?: boolean;
}

export interface UserWithRole {
  user: UserRow;
  role: RoleRow;
}

interface KnownUser extends UserWithRole {
  /** The one object that stands for this user, as he is now. */
  person: Person;
}

export class UsersService {
  readonly #database: DataSource;
  readonly #people = new Map<string, Person>();
  #refreshes = 0;

  constructor(database: DataSource) {
    this.#database = database;
  }

  /** Makes the roles that the code knows by name, at every start. */
  async ensureBuiltInRoles(): Promise<void> {
    const roles = this.#database.getRepository(RoleEntity);
    const there = new Set((await roles.find()).map(({ builtIn }) => builtIn));
    for (const [builtIn, { name, permissions }] of Object.entries(builtInRoles)) {
      if (there.has(builtIn)) continue;
      try {
        await roles.insert({
          id: uuid(),
          builtIn,
          name,
          permissions: [...permissions],
          nodeIds: null,
          createdAt: new Date(),
        });
      } catch (error) {
        // Another panel was faster.
        if (!isUniqueViolation(error)) throw error;
      }
    }
  }

  async create(newUser: NewUser, manager: EntityManager = this.#database.manager): Promise<UserWithRole> {
    const role =
      typeof newUser.role === 'string'
        ? await manager.findOneByOrFail(RoleEntity, { builtIn: newUser.role })
        : newUser.role;
    const now = new Date();
    const user: UserRow = {
      id: uuid(),
      email: newUser.email,
      name: newUser.name,
      displayName: newUser.displayName ?? null,
      emailVerifiedAt: newUser.emailVerifiedAt ?? null,
      passwordHash: newUser.passwordHash,
      mustChangePassword: newUser.mustChangePassword ?? false,
      roleId: role.id,
      disabledAt: null,
      sessionEpoch: 0,
      createdAt: now,
      updatedAt: now,
    };
    try {
      await manager.insert(UserEntity, user);
    } catch (error) {
      if (isUniqueViolation(error)) throw new AppError('conflict', 'This e-mail address or name is taken');
      throw error;
    }
    return { user, role };
  }

  async findByEmail(email: string): Promise<UserWithRole | undefined> {
    return this.#withRole(await this.#database.getRepository(UserEntity).findOneBy({ email }));
  }

  async findByName(name: string): Promise<UserWithRole | undefined> {
    return this.#withRole(await this.#database.getRepository(UserEntity).findOneBy({ name }));
  }

  async find(id: string, manager = this.#database.manager): Promise<UserWithRole | undefined> {
    return this.#withRole(await manager.findOneBy(UserEntity, { id }), manager);
  }

  /** By id, also of those who were deleted. */
  async names(ids: string[]): Promise<Map<string, string>> {
    const users = await this.#database.getRepository(UserEntity).findBy({ id: In(ids) });
    const names = new Map(users.map(({ id, name }) => [id, name]));
    const missing = ids.filter((id) => !names.has(id));
    const deleted = missing.length
      ? await this.#database.getRepository(DeletedUserEntity).findBy({ id: In(missing) })
      : [];
    for (const { id, name } of deleted) names.set(id, name);
    return names;
  }

  async lookUp(id: string, manager = this.#database.manager): Promise<KnownUser | undefined> {
    for (;;) {
      const seen = this.#refreshes;
      const found = await this.find(id, manager);
      // When somebody was changed meanwhile, this may be what he was before.
      if (seen === this.#refreshes) return found && { ...found, person: this.#personOf(found) };
    }
  }

  /** Brings up to date what is remembered of one user, or of all who have a role. */
  async refresh({ userId, roleId }: { userId?: string; roleId?: string }): Promise<void> {
    this.#refreshes += 1;
    const people = [...this.#people.values()].filter(
      (person) => userId === person.userId || roleId === person.roleId,
    );
    for (const person of people) {
      if (!(await this.lookUp(person.userId))) person.isLockedOut = true;
    }
  }

  #personOf({ user, role }: UserWithRole): Person {
    const current = {
      name: user.name,
      email: user.email,
      roleId: role.id,
      roleName: role.name,
      grants: grantsOf(role.permissions),
      nodeIds: role.nodeIds && new Set(role.nodeIds),
      isLockedOut: user.disabledAt !== null,
    };
    const known = this.#people.get(user.id);
    if (known) return Object.assign(known, current);
    const person = { userId: user.id, ...current };
    this.#people.set(user.id, person);
    return person;
  }

  async #withRole(user: UserRow | null, manager = this.#database.manager): Promise<UserWithRole | undefined> {
    if (!user) return undefined;
    const role = await manager.findOneByOrFail(RoleEntity, { id: user.roleId });
    return { user, role };
  }
}

/** What a user may know of himself; by a key, what that may do. */
export function describeUser({ user, role }: UserWithRole, key: CallingKey | null = null): User {
  const permissions = [...grantsOf(role.permissions)];
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    displayName: user.displayName,
    role: role.name,
    permissions: key ? permissions.filter((name) => key.scopes.has(name)) : permissions,
    nodeIds: role.nodeIds,
    createdAt: user.createdAt,
  };
}
