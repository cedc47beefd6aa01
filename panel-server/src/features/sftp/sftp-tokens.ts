import type { SftpToken } from '@catalyst/shared/features/sftp';
import type { DataSource } from 'typeorm';
import { Caller } from '../../access.ts';
import type { AccountTokens } from '../accounts/account-tokens.ts';
import { SessionEntity } from '../sessions/session.entity.ts';
import type { UsersService } from '../users/users.service.ts';

const lifetimeMs = 3_600_000;
const prefix = 'sftp_';

interface TokenData {
  serverId: string;
  /** Whose it was made in: it ends with it. */
  sessionId: string;
}

interface SftpTokensParts {
  tokens: AccountTokens;
  users: UsersService;
  database: DataSource;
}

/** Passwords for SFTP on one server, for an hour. Clients open several connections, so they work more than once. */
export class SftpTokens {
  readonly #parts: SftpTokensParts;

  constructor(parts: SftpTokensParts) {
    this.#parts = parts;
  }

  async make({ userId, name, sessionId }: Caller, serverId: string): Promise<SftpToken> {
    const data: TokenData = { serverId, sessionId };
    const made = await this.#parts.tokens.issue('sftp', { userId, data: { ...data }, lifetimeMs });
    return { token: `${prefix}${made.token}`, user: `${name}.${serverId}`, expiresAt: made.expiresAt };
  }

  /** Whom it stands for on this server: whoever made it, as long as the session lasts in which he did. */
  async find(password: string, serverId: string): Promise<Caller | undefined> {
    if (!password.startsWith(prefix)) return undefined;
    const { tokens, users, database } = this.#parts;
    const known = await tokens.find<TokenData>('sftp', password.slice(prefix.length));
    if (!known?.userId || known.data.serverId !== serverId) return undefined;
    const { sessionId } = known.data;
    const session = await database.getRepository(SessionEntity).findOneBy({ id: sessionId });
    if (session?.userId !== known.userId || session.expiresAt.getTime() <= Date.now()) return undefined;
    const owner = await users.lookUp(known.userId);
    return owner && !owner.user.disabledAt ? new Caller(owner.person, session) : undefined;
  }
}
