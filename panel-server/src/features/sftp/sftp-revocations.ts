import type { AccessRules } from '../../access.ts';
import type { Logger } from '../../logger.ts';
import { isAbout, type Revocation, type Revocations } from '../../revocations.ts';
import type { UsersService } from '../users/users.service.ts';
import type { SftpConnection } from './sftp-connection.ts';
import { mayEnter, type SftpLogin } from './sftp-sign-in.ts';

interface Parts {
  revocations: Revocations;
  access: AccessRules;
  users: UsersService;
  log: Logger;
}

/** Ends the connections of whoever is signed out, or has no right to the server's files any more. */
export function endRevoked(parts: Parts, connections: () => Iterable<SftpConnection>): () => void {
  const { revocations, access, log } = parts;
  return revocations.on((revocation) => {
    for (const connection of connections()) {
      const { login } = connection;
      if (isSignOut(revocation, login) || !mayEnter(access, login)) connection.end();
      else if (login.sessionEpoch !== null && mayEndAll(revocation, login)) {
        endWhenOutdated(parts, connection, login.sessionEpoch).catch((err: unknown) => {
          log.error({ err }, 'Whether an SFTP connection may last could not be told');
          connection.end();
        });
      }
    }
  });
}

const mayEndAll = (revocation: Revocation, { caller }: SftpLogin) =>
  revocation.kind === 'session' || (revocation.kind === 'rights' && isAbout(revocation, caller));

/** What came in by a password is no session: when all of those are ended, the account's epoch is another. */
async function endWhenOutdated({ users }: Parts, connection: SftpConnection, epoch: number): Promise<void> {
  const owner = await users.find(connection.login.caller.userId);
  if (owner?.user.sessionEpoch !== epoch) connection.end();
}

function isSignOut(revocation: Revocation, { caller }: SftpLogin): boolean {
  if (revocation.kind === 'session') return revocation.sessionId === caller.sessionId;
  return revocation.kind === 'user' && revocation.userId === caller.userId;
}
