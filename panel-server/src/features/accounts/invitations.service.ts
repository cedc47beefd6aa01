import { hash } from 'node:crypto';
import { AppError } from '@catalyst/shared/contract/errors';
import { isWithin } from '@catalyst/shared/contract/permissions';
import type { Page, PageQuery } from '@catalyst/shared/contract/values';
import type { Invitation } from '@catalyst/shared/features/accounts';
import { type EntityManager, IsNull, LessThan, MoreThan } from 'typeorm';
import { type Caller, grantsEverywhere, type Holder, isPermitted } from '../../access.ts';
import type { PanelCore } from '../../core.ts';
import { ServerInviteEntity } from '../subusers/server-invite.entity.ts';
import { assertMayGrant } from '../users/granting.ts';
import { RoleEntity, type RoleRow } from '../users/role.entity.ts';
import { AccountTokenEntity, type AccountTokenRow } from './account-token.entity.ts';
import type { AccountTokens } from './account-tokens.ts';

const lifetimeMs = 7 * 24 * 3_600_000;

interface InvitationData {
  inviterId: string;
  roleId: string | null;
  /** It went to that address by mail, so whoever has it reads mail there. */
  wasMailed: boolean;
}

/** What an invitation is good for at this moment. */
export interface OpenInvitation {
  /** Only for this address. */
  email: string | null;
  /** The address is proved by having the link. */
  provesEmail: boolean;
  /** The role to give; null for the one that everybody has. */
  role: RoleRow | null;
  invitedBy: string | null;
  expiresAt: Date;
  /** Uses it up, in the transaction that makes the account with this address; false when it is gone. */
  accept(manager: EntityManager, email: string): Promise<boolean>;
}

type Core = Pick<PanelCore, 'database' | 'users' | 'serverIndex' | 'mail' | 'panelSettings'>;

/** Links by which people make an account where not everybody may. */
export class Invitations {
  readonly #core: Core;
  readonly #tokens: AccountTokens;

  constructor(core: Core, tokens: AccountTokens) {
    this.#core = core;
    this.#tokens = tokens;
  }

  async create({ email, roleId }: { email?: string; roleId?: string }, caller: Caller) {
    const { database, mail, panelSettings } = this.#core;
    if ((await panelSettings.read('registration')).mode === 'off') {
      throw new AppError(
        'invalid_state',
        'Registration is off: nobody can make an account, by invitation either',
      );
    }
    const role = roleId ? await database.getRepository(RoleEntity).findOneBy({ id: roleId }) : null;
    if (roleId && !role) throw new AppError('not_found', 'There is no such role');
    if (role && role.builtIn !== 'user') assertMayGrant(caller, role.permissions, 'roleId');
    const wasMailed = email !== undefined && (await mail.isSetUp());
    const data: InvitationData = { inviterId: caller.userId, roleId: role?.id ?? null, wasMailed };
    const { id, token, expiresAt } = await this.#tokens.issue('invitation', {
      email,
      data: { ...data },
      lifetimeMs,
    });
    const link = await panelSettings.link('register', token);
    if (wasMailed) {
      await mail.send('invitation', email, { url: link.url, invitedBy: caller.name }, { expiresAt });
    }
    const row = await database.getRepository(AccountTokenEntity).findOneByOrFail({ id });
    return { invitation: await this.#describe(row), link: { ...link, expiresAt, wasMailed } };
  }

  async list({ limit, cursor }: PageQuery): Promise<Page<Invitation>> {
    const rows = await this.#core.database.getRepository(AccountTokenEntity).find({
      where: {
        purpose: 'invitation',
        expiresAt: MoreThan(new Date()),
        ...(cursor !== undefined && { id: LessThan(cursor) }),
      },
      order: { id: 'DESC' },
      take: limit + 1,
    });
    const items = await Promise.all(rows.slice(0, limit).map((row) => this.#describe(row)));
    return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  async withdraw(id: string): Promise<void> {
    const { affected } = await this.#core.database
      .getRepository(AccountTokenEntity)
      .delete({ id, purpose: 'invitation' });
    if (affected !== 1) throw new AppError('not_found', 'There is no such invitation');
  }

  /** Undefined when nobody gets in by this token. An invite to a server is one to the panel as well. */
  async find(token: string): Promise<OpenInvitation | undefined> {
    return (await this.#findOwn(token)) ?? (await this.#findOfServer(token));
  }

  async #findOwn(token: string): Promise<OpenInvitation | undefined> {
    const { database } = this.#core;
    const known = await this.#tokens.find<InvitationData>('invitation', token);
    if (!known) return undefined;
    // Whoever may not invite any more has not invited.
    const holder = await this.#inviter(known.data.inviterId);
    if (!holder || !isPermitted(holder, 'user.invite', 'everywhere')) return undefined;
    const { roleId } = known.data;
    const role = roleId ? await database.getRepository(RoleEntity).findOneBy({ id: roleId }) : null;
    // Nor does he give what he does not hold any more.
    const isHeld = role && isWithin(role.permissions, grantsEverywhere(holder));
    return {
      email: known.email,
      provesEmail: known.data.wasMailed,
      role: isHeld ? role : null,
      invitedBy: holder.person.name,
      expiresAt: known.expiresAt,
      accept: async (manager) => (await this.#tokens.take('invitation', token, manager)) !== undefined,
    };
  }

  async #findOfServer(token: string): Promise<OpenInvitation | undefined> {
    const { database, serverIndex } = this.#core;
    const invites = database.getRepository(ServerInviteEntity);
    const row = await invites.findOneBy({ tokenHash: hash('sha256', token, 'hex') });
    if (!row || row.expiresAt.getTime() <= Date.now()) return undefined;
    const place = serverIndex.find(row.serverId);
    const holder = await this.#inviter(row.inviterId);
    if (!place || !holder || !isPermitted(holder, 'subuser.write', place)) return undefined;
    return {
      email: row.email,
      provesEmail: false,
      role: null,
      invitedBy: holder.person.name,
      expiresAt: row.expiresAt,
      // From now on it is for the new account alone, which uses it up when it accepts the server.
      accept: async (manager, email) => {
        const { affected } = await manager.update(
          ServerInviteEntity,
          { id: row.id, email: row.email ?? IsNull() },
          { email },
        );
        return affected === 1;
      },
    };
  }

  async #inviter(id: string): Promise<Holder | undefined> {
    const found = await this.#core.users.lookUp(id);
    return found && { person: found.person, key: null };
  }

  async #describe(row: AccountTokenRow): Promise<Invitation> {
    const { database, users } = this.#core;
    const { inviterId, roleId } = this.#tokens.dataOf<InvitationData>(row);
    const role = roleId ? await database.getRepository(RoleEntity).findOneBy({ id: roleId }) : null;
    const name = (await users.names([inviterId])).get(inviterId);
    return {
      id: row.id,
      email: row.email,
      role: role && { id: role.id, name: role.name },
      invitedBy: name === undefined ? null : { id: inviterId, name },
      createdAt: row.createdAt,
      expiresAt: row.expiresAt,
    };
  }
}
