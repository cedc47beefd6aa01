import { AppError } from '@catalyst/shared/contract/errors';
import type { Permission } from '@catalyst/shared/contract/permissions';
import type { Page, PageQuery } from '@catalyst/shared/contract/values';
import type { Subuser } from '@catalyst/shared/features/subusers';
import { type DataSource, In, MoreThan } from 'typeorm';
import {
  type Caller,
  isPermitted,
  noSuchServer,
  type Person,
  type ServerPlace,
  suspended,
} from '../../access.ts';
import { inTransaction } from '../../database/sqlite-gate.ts';
import type { ClientFeed } from '../../realtime/client-feed.ts';
import type { Revocations } from '../../revocations.ts';
import { ServerEntity } from '../servers/server.entity.ts';
import type { ServerIndex } from '../servers/server-index.ts';
import { UserEntity } from '../users/user.entity.ts';
import type { UsersService } from '../users/users.service.ts';
import { lockServer } from './lock-server.ts';
import { ServerInviteEntity } from './server-invite.entity.ts';
import { assertMayChangeSubuser, assertMayShare } from './sharing-rights.ts';
import { SubuserEntity, type SubuserRow } from './subuser.entity.ts';

interface SubusersParts {
  database: DataSource;
  users: UsersService;
  serverIndex: ServerIndex;
  revocations: Revocations;
  browsers: ClientFeed;
}

/** Who may do what on servers that are not theirs. */
export class SubusersService {
  readonly #parts: SubusersParts;

  constructor(parts: SubusersParts) {
    this.#parts = parts;
  }

  async list(serverId: string, { limit, cursor }: PageQuery): Promise<Page<Subuser>> {
    const rows = await this.#rows.find({
      where: { serverId, ...(cursor !== undefined && { id: MoreThan(cursor) }) },
      order: { id: 'ASC' },
      take: limit + 1,
    });
    const page = rows.slice(0, limit);
    return {
      items: await this.#describe(page),
      nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
    };
  }

  /** Felt at once by whoever it is about. */
  async update(
    serverId: string,
    userId: string,
    permissions: Permission[],
    caller: Caller,
  ): Promise<Subuser> {
    const place = this.place(serverId);
    assertMayChangeSubuser(caller, place, await this.#person(userId));
    assertMayShare(caller, place, permissions);
    const { affected } = await this.#rows.update(
      { serverId, userId },
      { permissions, updatedAt: new Date() },
    );
    if (affected !== 1) throw noSuchSubuser();
    await this.changed(serverId, [userId], 'What you may do on the server was changed');
    const [subuser] = await this.#describe(await this.#rows.findBy({ serverId, userId }));
    if (!subuser) throw noSuchSubuser();
    return subuser;
  }

  async remove(serverId: string, userId: string, caller: Caller): Promise<void> {
    assertMayChangeSubuser(caller, this.place(serverId), await this.#person(userId));
    await this.#delete(serverId, userId, 'Your access to the server was taken away');
  }

  async leave(serverId: string, { userId }: Caller): Promise<void> {
    if (this.place(serverId).ownerId === userId) {
      throw new AppError('conflict', 'The server is yours; give it to somebody else first');
    }
    await this.#delete(serverId, userId, 'You left the server');
  }

  /** The old owner keeps nothing that owning the server gave him. Answers the new one. */
  async transferOwnership(serverId: string, newOwnerId: string, caller: Caller) {
    const { database } = this.#parts;
    const place = this.place(serverId);
    const mayChoose = isPermitted(caller, 'server.change-owner', place);
    if (!mayChoose && place.ownerId !== caller.userId) {
      throw new AppError('forbidden', 'Only the owner can give the server to somebody else');
    }
    if (place.isSuspended && !mayChoose) throw suspended();
    if (newOwnerId === place.ownerId) throw new AppError('conflict', 'The server is theirs already');
    const newOwner = await inTransaction(database, async (manager) => {
      const row = await lockServer(manager, serverId);
      if (row.ownerId !== place.ownerId) throw new AppError('conflict', 'The server has another owner now');
      const user = await manager.findOneBy(UserEntity, { id: newOwnerId });
      const isShared = await manager.existsBy(SubuserEntity, { serverId, userId: newOwnerId });
      // Whom it is not shared with, an owner does not even learn about.
      if (!user || user.disabledAt || !(mayChoose || isShared)) {
        throw new AppError('invalid_input', 'The server cannot go to this person', {
          issues: [{ path: 'userId', message: 'is not somebody the server is shared with' }],
        });
      }
      await manager.update(ServerEntity, { id: serverId }, { ownerId: newOwnerId, updatedAt: new Date() });
      await manager.delete(SubuserEntity, { serverId, userId: newOwnerId });
      await manager.delete(ServerInviteEntity, { serverId, inviterId: place.ownerId });
      return { id: user.id, name: user.name };
    });
    await this.changed(serverId, [place.ownerId, newOwnerId], 'The server has another owner');
    return { owner: newOwner };
  }

  /** Throws `not_found`. */
  place(serverId: string): ServerPlace & { name: string } {
    const place = this.#parts.serverIndex.find(serverId);
    if (!place) throw noSuchServer();
    return place;
  }

  /** Everything that is open for these people is looked at again. */
  async changed(serverId: string, userIds: string[], reason: string): Promise<void> {
    const { serverIndex, revocations, browsers } = this.#parts;
    await serverIndex.refresh(serverId);
    for (const userId of userIds) revocations.emit({ kind: 'rights', userId, serverId, reason });
    const place = serverIndex.find(serverId);
    if (place) browsers.toServer({ ...place, id: serverId }, 'server_update', { serverId, deleted: false });
  }

  async #delete(serverId: string, userId: string, reason: string): Promise<void> {
    const { affected } = await this.#rows.delete({ serverId, userId });
    if (affected !== 1) throw noSuchSubuser();
    await this.changed(serverId, [userId], reason);
  }

  async #person(userId: string): Promise<Person> {
    const found = await this.#parts.users.lookUp(userId);
    if (!found) throw noSuchSubuser();
    return found.person;
  }

  async #describe(rows: readonly SubuserRow[]): Promise<Subuser[]> {
    const users = await this.#parts.database
      .getRepository(UserEntity)
      .findBy({ id: In(rows.map(({ userId }) => userId)) });
    const byId = new Map(users.map((user) => [user.id, user]));
    return rows.flatMap(({ userId, permissions, createdAt, updatedAt }) => {
      const user = byId.get(userId);
      if (!user) return [];
      const { id, name, email, displayName } = user;
      return { user: { id, name, email, displayName }, permissions, createdAt, updatedAt };
    });
  }

  get #rows() {
    return this.#parts.database.getRepository(SubuserEntity);
  }
}

const noSuchSubuser = () => new AppError('not_found', 'The server is not shared with this person');
