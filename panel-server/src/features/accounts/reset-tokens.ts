import { hash, timingSafeEqual } from 'node:crypto';
import type { UserRow } from '../users/user.entity.ts';
import type { AccountTokens, KnownToken } from './account-tokens.ts';

const lifetimeMs = 3_600_000;

type Owner = Pick<UserRow, 'id' | 'passwordHash' | 'email'>;
export interface ResetData {
  /** Of what the token is good for: it ends when the password or the address changes, by whatever way. */
  state: string;
  /** It came by mail, so the address is proved by it. */
  wasMailed: boolean;
}

/** A token for a new password, for an hour. */
export function issueResetToken(tokens: AccountTokens, owner: Owner, wasMailed = false) {
  const data: ResetData = { state: stateOf(owner), wasMailed };
  return tokens.issue('password-reset', { userId: owner.id, data: { ...data }, lifetimeMs });
}

export function isStillGood({ data }: KnownToken<ResetData>, owner: Owner): boolean {
  return timingSafeEqual(Buffer.from(data.state), Buffer.from(stateOf(owner)));
}

const stateOf = ({ passwordHash, email }: Owner) => hash('sha256', `${passwordHash}\n${email}`, 'hex');
