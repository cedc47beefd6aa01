import { AppError } from '@catalyst/shared/contract/errors';
import { builtInRoles, grantsOf } from '@catalyst/shared/contract/permissions';
import type { User } from '@catalyst/shared/features/users';
import { type DataSource, type EntityManager, In } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { isUniqueViolation } from '../../database/database-errors.ts';
import { RoleEntity, type RoleRow } from './role.entity.ts';
import { UserEntity, type UserRow } from './user.entity.ts';

interface NewUser {
  email: string;
  name: string;
  passwordHash: string;
  role: keyof typeof builtInRoles;
}

export interface UserWithRole {
  user: UserRow;
  role: RoleRow;
}

export class UsersService {
  readonly #database: DataSource;

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
          createdAt: new Date(),
        });
      } catch (error) {
        // Another panel was faster.
        if (!isUniqueViolation(error)) throw error;
      }
    }
  }

  async create(newUser: NewUser, manager: EntityManager = this.#database.manager): Promise<UserWithRole> {
    const role = await manager.findOneByOrFail(RoleEntity, { builtIn: newUser.role });
    const now = new Date();
    const user: UserRow = {
      id: uuid(),
      email: newUser.email,
      name: newUser.name,
      displayName: null,
      passwordHash: newUser.passwordHash,
      roleId: role.id,
      disabledAt: null,
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

  async find(id: string): Promise<UserWithRole | undefined> {
    return this.#withRole(await this.#database.getRepository(UserEntity).findOneBy({ id }));
  }

  /** By id; those that are gone are absent. */
  async names(ids: string[]): Promise<Map<string, string>> {
    const users = await this.#database.getRepository(UserEntity).findBy({ id: In(ids) });
    return new Map(users.map(({ id, name }) => [id, name]));
  }

  async #withRole(user: UserRow | null): Promise<UserWithRole | undefined> {
    if (!user) return undefined;
    const role = await this.#database.getRepository(RoleEntity).findOneByOrFail({ id: user.roleId });
    return { user, role };
  }
}

/** What others may know of a user. */
export function describeUser({ user, role }: UserWithRole): User {
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    displayName: user.displayName,
    role: role.name,
    permissions: [...grantsOf(role.permissions)],
    nodeIds: null,
    createdAt: user.createdAt,
  };
}
