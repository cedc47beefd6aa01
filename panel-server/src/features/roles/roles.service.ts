import { AppError } from '@catalyst/shared/contract/errors';
import type { Page, PageQuery } from '@catalyst/shared/contract/values';
import type { NewRole, Role, RoleChanges } from '@catalyst/shared/features/roles';
import { type DataSource, type EntityManager, In, MoreThan } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { z } from 'zod';
import type { Caller } from '../../access.ts';
import { isUniqueViolation } from '../../database/database-errors.ts';
import type { Revocations } from '../../revocations.ts';
import type { NodeIndex } from '../nodes/node-index.ts';
import { assertMayGrant, assertOutranks } from '../users/granting.ts';
import { inPeopleTransaction } from '../users/people-lock.ts';
import { RoleEntity, type RoleRow } from '../users/role.entity.ts';
import { UserEntity } from '../users/user.entity.ts';
import type { UsersService } from '../users/users.service.ts';

interface RolesParts {
  database: DataSource;
  users: UsersService;
  nodeIndex: NodeIndex;
  revocations: Revocations;
}

/** What kinds of users there are. */
export class RolesService {
  readonly #parts: RolesParts;

  constructor(parts: RolesParts) {
    this.#parts = parts;
  }

  async list({ limit, cursor }: PageQuery): Promise<Page<Role>> {
    const rows = await this.#parts.database.getRepository(RoleEntity).find({
      where: cursor === undefined ? {} : { id: MoreThan(cursor) },
      order: { id: 'ASC' },
      take: limit + 1,
    });
    const items = await this.#describe(rows.slice(0, limit));
    return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  async get(id: string): Promise<Role> {
    const row = await findRole(this.#parts.database.manager, id);
    const [role] = await this.#describe([row]);
    return role as Role;
  }

  async create(input: z.output<typeof NewRole>, caller: Caller): Promise<Role> {
    assertMayGrant(caller, input.permissions);
    this.#requireNodes(input.nodeIds);
    const row: RoleRow = { ...input, id: uuid(), builtIn: null, createdAt: new Date() };
    try {
      await this.#parts.database.getRepository(RoleEntity).insert(row);
    } catch (error) {
      throw nameTaken(error, input.name);
    }
    return this.get(row.id);
  }

  /** Felt at once by everyone who has it. */
  async update(id: string, changes: z.output<typeof RoleChanges>, caller: Caller): Promise<Role> {
    const { database, users, revocations } = this.#parts;
    this.#requireNodes(changes.nodeIds ?? null);
    if (Object.keys(changes).length === 0) return this.get(id);
    await inPeopleTransaction(database, async (manager) => {
      const row = await findRole(manager, id);
      if (row.builtIn === 'administrator') throw new AppError('conflict', 'This role is always the same');
      assertOutranks(caller, row.permissions);
      if (changes.permissions) assertMayGrant(caller, changes.permissions);
      try {
        await manager.update(RoleEntity, { id }, changes);
      } catch (error) {
        throw nameTaken(error, changes.name);
      }
    });
    await users.refresh({ roleId: id });
    revocations.emit({ kind: 'rights', roleId: id, reason: 'The role was changed' });
    return this.get(id);
  }

  async delete(id: string, caller: Caller): Promise<void> {
    await inPeopleTransaction(this.#parts.database, async (manager) => {
      const row = await findRole(manager, id);
      if (row.builtIn !== null) throw new AppError('conflict', 'This role always exists');
      assertOutranks(caller, row.permissions);
      if (await manager.existsBy(UserEntity, { roleId: id })) {
        throw new AppError('conflict', 'Give the users of this role another one first');
      }
      await manager.delete(RoleEntity, { id });
    });
  }

  /** What it is called, for the record. */
  async nameOf(id: string): Promise<string | undefined> {
    return (await this.#parts.database.getRepository(RoleEntity).findOneBy({ id }))?.name;
  }

  #requireNodes(nodeIds: readonly string[] | null): void {
    const unknown = (nodeIds ?? []).filter((id) => !this.#parts.nodeIndex.find(id));
    if (unknown.length === 0) return;
    throw new AppError('invalid_input', 'Some of these are not nodes', {
      issues: unknown.map((id) => ({ path: 'nodeIds', message: `${id} is not a node` })),
    });
  }

  async #describe(rows: readonly RoleRow[]): Promise<Role[]> {
    const counts = await this.#userCounts(rows.map(({ id }) => id));
    return rows.map(({ id, name, builtIn, permissions, nodeIds, createdAt }) => ({
      id,
      name,
      builtIn: builtIn === 'administrator' || builtIn === 'user' ? builtIn : null,
      permissions,
      nodeIds,
      userCount: counts.get(id) ?? 0,
      createdAt,
    }));
  }

  async #userCounts(roleIds: string[]): Promise<Map<string, number>> {
    const counted = await this.#parts.database
      .getRepository(UserEntity)
      .createQueryBuilder('person')
      .select('person.roleId', 'roleId')
      .addSelect('COUNT(*)', 'count')
      .where({ roleId: In(roleIds) })
      .groupBy('person.roleId')
      .getRawMany<{ roleId: string; count: number | string }>();
    return new Map(counted.map(({ roleId, count }) => [roleId, Number(count)]));
  }
}

/** Throws `not_found`. */
export async function findRole(manager: EntityManager, id: string): Promise<RoleRow> {
  const row = await manager.findOneBy(RoleEntity, { id });
  if (!row) throw new AppError('not_found', 'There is no such role');
  return row;
}

const nameTaken = (error: unknown, name: string | undefined) =>
  isUniqueViolation(error) ? new AppError('conflict', `There is a role named ${name} already`) : error;
