import { AppError } from '@catalyst/shared/contract/errors';
import type { DataSource, EntityManager } from 'typeorm';
import type { AccessRules, Caller } from '../../access.ts';
import { isStillReferred } from '../../database/database-errors.ts';
import type { Revocations } from '../../revocations.ts';
import { ServerEntity } from '../servers/server.entity.ts';
import type { ServerIndex } from '../servers/server-index.ts';
import { SubuserEntity } from '../subusers/subuser.entity.ts';
import { DeletedUserEntity } from './deleted-user.entity.ts';
import { assertOutranks } from './granting.ts';
import { inPeopleTransaction } from './people-lock.ts';
import { RoleEntity } from './role.entity.ts';
import { UserEntity } from './user.entity.ts';
import type { UsersService } from './users.service.ts';

interface RemovalParts {
  database: DataSource;
  users: UsersService;
  access: AccessRules;
  serverIndex: ServerIndex;
  revocations: Revocations;
}

/** Deletes users: their sessions, keys and shares go with them, their servers to somebody else. */
export class UserRemoval {
  readonly #parts: RemovalParts;

  constructor(parts: RemovalParts) {
    this.#parts = parts;
  }

  /** Throws `conflict` while the user has servers and nobody is named to whom they go. */
  async remove(id: string, heirId: string | undefined, caller: Caller): Promise<void> {
    const { database, users, serverIndex, revocations, access } = this.#parts;
    // Whoever could name himself would come by all servers of anyone he may delete.
    if (heirId !== undefined) access.require(caller, 'server.change-owner');
    const inherited = await inPeopleTransaction(database, async (manager) => {
      const user = await manager.findOneBy(UserEntity, { id });
      if (!user) throw new AppError('not_found', 'There is no such user');
      const role = await manager.findOneByOrFail(RoleEntity, { id: user.roleId });
      assertOutranks(caller, role.permissions);
      const servers = await handOver(manager, id, heirId);
      await manager.insert(DeletedUserEntity, { id, name: user.name, deletedAt: new Date() });
      await manager.delete(UserEntity, { id }).catch((error: unknown) => {
        // He made a server at this moment.
        throw isStillReferred(error) ? stillOwns() : error;
      });
      return servers;
    });
    for (const serverId of serverIndex.sharedWith(id)) serverIndex.unshare(serverId, id);
    for (const serverId of inherited) await serverIndex.refresh(serverId);
    await users.refresh({ userId: id });
    revocations.emit({ kind: 'user', userId: id, reason: 'The account was deleted' });
    for (const serverId of inherited) {
      revocations.emit({ kind: 'rights', userId: heirId, serverId, reason: 'The server has another owner' });
    }
  }
}

/** Answers the servers that have another owner now. */
async function handOver(manager: EntityManager, userId: string, heirId: string | undefined) {
  const servers = await manager.find(ServerEntity, { where: { ownerId: userId }, select: { id: true } });
  if (servers.length === 0) return [];
  if (heirId === undefined || heirId === userId) {
    throw stillOwns();
  }
  const heir = await manager.findOneBy(UserEntity, { id: heirId });
  if (!heir || heir.disabledAt) {
    throw new AppError('invalid_input', 'The servers cannot go to this user', {
      issues: [{ path: 'transferServersTo', message: 'is not a user who can sign in' }],
    });
  }
  await manager.update(ServerEntity, { ownerId: userId }, { ownerId: heirId, updatedAt: new Date() });
  for (const { id } of servers) await manager.delete(SubuserEntity, { serverId: id, userId: heirId });
  return servers.map(({ id }) => id);
}

const stillOwns = () =>
  new AppError('conflict', 'This user owns servers; say who gets them', {
    issues: [{ path: 'transferServersTo', message: 'is needed while the user owns servers' }],
  });
