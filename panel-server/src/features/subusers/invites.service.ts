import { hash } from 'node:crypto';
import { AppError } from '@catalyst/shared/contract/errors';
import type { Permission } from '@catalyst/shared/contract/permissions';
import type { Page, PageQuery } from '@catalyst/shared/contract/values';
import type {
  InvitePreview,
  NewServerInvite,
  NewSubuser,
  ServerInvite,
} from '@catalyst/shared/features/subusers';
import { randomToken } from '@catalyst/shared/node/random-token';
import { type DataSource, type EntityManager, LessThan, MoreThan } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { z } from 'zod';
import { type Caller, grantsOnServer, isPermitted, type ServerPlace } from '../../access.ts';
import { inTransaction } from '../../database/sqlite-gate.ts';
import type { Mail } from '../mail/mail.service.ts';
import type { ServerIndex } from '../servers/server-index.ts';
import type { PanelSettings } from '../settings/panel-settings.ts';
import type { UsersService } from '../users/users.service.ts';
import { lockServer } from './lock-server.ts';
import { ServerInviteEntity, type ServerInviteRow } from './server-invite.entity.ts';
import { assertMayShare } from './sharing-rights.ts';
import { SubuserEntity } from './subuser.entity.ts';
import type { SubusersService } from './subusers.service.ts';

const lifetimeMs = 7 * 24 * 3_600_000;
const maxOpenInvites = 50;
const maxSubusers = 200;

interface InvitesParts {
  database: DataSource;
  users: UsersService;
  serverIndex: ServerIndex;
  subusers: SubusersService;
  mail: Mail;
  panelSettings: PanelSettings;
}

/** Access to servers that was offered: by a link, which goes by mail where there is an address and mail is set up. */
export class InvitesService {
  readonly #parts: InvitesParts;

  constructor(parts: InvitesParts) {
    this.#parts = parts;
  }

  async list(serverId: string, { limit, cursor }: PageQuery): Promise<Page<ServerInvite>> {
    const rows = await this.#rows.find({
      where: {
        serverId,
        expiresAt: MoreThan(new Date()),
        ...(cursor !== undefined && { id: MoreThan(cursor) }),
      },
      order: { id: 'ASC' },
      take: limit + 1,
    });
    const page = rows.slice(0, limit);
    const names = await this.#parts.users.names([...new Set(page.map(({ inviterId }) => inviterId))]);
    return {
      items: page.map((row) => describe(row, names.get(row.inviterId))),
      nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
    };
  }

  async create(
    serverId: string,
    { email, permissions }: z.output<typeof NewSubuser>,
    caller: Caller,
  ): Promise<z.output<typeof NewServerInvite>> {
    const { database, mail, panelSettings, subusers } = this.#parts;
    const place = subusers.place(serverId);
    assertMayShare(caller, place, permissions);
    const token = randomToken();
    const url = `${await panelSettings.linkBase()}/invite#${token}`;
    const now = new Date();
    const row: ServerInviteRow = {
      id: uuid(),
      serverId,
      email: email ?? null,
      tokenHash: tokenHash(token),
      permissions,
      inviterId: caller.userId,
      createdAt: now,
      expiresAt: new Date(now.getTime() + lifetimeMs),
    };
    await inTransaction(database, async (manager) => {
      await lockServer(manager, serverId);
      await manager.delete(ServerInviteEntity, { expiresAt: LessThan(now) });
      if ((await manager.countBy(ServerInviteEntity, { serverId })) >= maxOpenInvites) {
        throw new AppError('limit_reached', `At most ${maxOpenInvites} invites can be open; take some back`);
      }
      await manager.insert(ServerInviteEntity, row);
    });
    if (email !== undefined) {
      const letter = { url, invitedBy: caller.name, serverName: place.name };
      await mail.send('server-invitation', email, letter, { expiresAt: row.expiresAt });
    }
    return { ...describe(row, caller.name), token, url };
  }

  async revoke(serverId: string, inviteId: string): Promise<void> {
    const { affected } = await this.#rows.delete({ id: inviteId, serverId });
    if (affected !== 1) throw noSuchInvite();
  }

  /** For whoever has the link, also before signing in. */
  async preview(token: string): Promise<InvitePreview> {
    const row = await this.#find(token, this.#parts.database.manager);
    const place = this.#parts.serverIndex.find(row.serverId);
    const permissions = place && (await this.#offered(row, place, this.#parts.database.manager));
    if (!permissions) throw noSuchInvite();
    const names = await this.#parts.users.names([row.inviterId]);
    return {
      server: { name: place.name },
      invitedBy: { name: names.get(row.inviterId) ?? '' },
      isPersonal: row.email !== null,
      permissions,
      expiresAt: row.expiresAt,
    };
  }

  /** Adds to what the caller was given on this server before. Of two who race for one invite, one gets it. */
  async accept(token: string, caller: Caller): Promise<{ serverId: string; permissions: Permission[] }> {
    const { database, serverIndex, subusers } = this.#parts;
    const { serverId } = await this.#find(token, database.manager);
    // As another panel may have changed it a moment ago.
    await serverIndex.refresh(serverId);
    const given = await inTransaction(database, async (manager) => {
      const row = await this.#find(token, manager);
      if (row.email !== null && row.email !== caller.email) {
        throw new AppError('forbidden', 'This invite is for another e-mail address');
      }
      const place = serverIndex.find(serverId);
      const offered = place && (await this.#offered(row, place, manager));
      if (!offered) throw noSuchInvite();
      if (place.ownerId === caller.userId) throw new AppError('conflict', 'This is your own server');
      await lockServer(manager, serverId);
      const { affected } = await manager.delete(ServerInviteEntity, { id: row.id });
      if (affected !== 1) throw noSuchInvite();
      return give(manager, serverId, caller.userId, offered);
    });
    await subusers.changed(serverId, [caller.userId], 'You accepted an invite');
    return { serverId, permissions: given };
  }

  /** Of what was offered, what the inviter holds now; undefined when he may share nothing any more. */
  async #offered(
    { inviterId, permissions }: ServerInviteRow,
    place: ServerPlace,
    manager: EntityManager,
  ): Promise<Permission[] | undefined> {
    const found = await this.#parts.users.lookUp(inviterId, manager);
    if (!found) return undefined;
    const inviter = { person: found.person, key: null };
    if (!isPermitted(inviter, 'subuser.write', place)) return undefined;
    const held = grantsOnServer(inviter, place);
    return permissions.filter((name) => held.has(name));
  }

  async #find(token: string, manager: EntityManager): Promise<ServerInviteRow> {
    const row = await manager.findOneBy(ServerInviteEntity, { tokenHash: tokenHash(token) });
    if (!row || row.expiresAt.getTime() <= Date.now()) throw noSuchInvite();
    return row;
  }

  get #rows() {
    return this.#parts.database.getRepository(ServerInviteEntity);
  }
}

async function give(
  manager: EntityManager,
  serverId: string,
  userId: string,
  offered: Permission[],
): Promise<Permission[]> {
  const now = new Date();
  const before = await manager.findOneBy(SubuserEntity, { serverId, userId });
  const permissions = [...new Set([...(before?.permissions ?? []), ...offered])];
  if (before) {
    await manager.update(SubuserEntity, { id: before.id }, { permissions, updatedAt: now });
    return permissions;
  }
  if ((await manager.countBy(SubuserEntity, { serverId })) >= maxSubusers) {
    throw new AppError('limit_reached', `A server can be shared with ${maxSubusers} people at most`);
  }
  await manager.insert(SubuserEntity, {
    id: uuid(),
    serverId,
    userId,
    permissions,
    createdAt: now,
    updatedAt: now,
  });
  return permissions;
}

function describe(
  { id, email, permissions, inviterId, createdAt, expiresAt }: ServerInviteRow,
  inviterName = '',
): ServerInvite {
  return { id, email, permissions, invitedBy: { id: inviterId, name: inviterName }, createdAt, expiresAt };
}

/** The token has 256 random bits, so a fast hash protects it. */
const tokenHash = (token: string) => hash('sha256', token, 'hex');

const noSuchInvite = () => new AppError('not_found', 'This invite was used, taken back, or has expired');
