import { join } from 'node:path';
import type { PanelCore } from '../../core.ts';
import { namedTarget } from '../../http/audit-target.ts';
import type { AccountTokens } from '../accounts/account-tokens.ts';
import type { Factors } from '../factors/factors.service.ts';
import { type HostKey, loadHostKey } from './host-key.ts';
import { PacketGuard } from './packet-guard.ts';
import { SessionRecord } from './session-record.ts';
import { registerSftpRoutes } from './sftp.routes.ts';
import { bridgeSession } from './sftp-bridge.ts';
import { endRevoked } from './sftp-revocations.ts';
import { SftpServer } from './sftp-server.ts';
import { SftpSignIn } from './sftp-sign-in.ts';
import { SftpTokens } from './sftp-tokens.ts';
import { SshKeys } from './ssh-keys.service.ts';

/** The files of servers by SFTP. */
export function registerSftp(core: PanelCore, account: { tokens: AccountTokens; factors: Factors }): void {
  const { config, serverIndex } = core;
  const log = core.log.child({ part: 'sftp' });
  const identityDir = join(config.dataDir, 'panel', 'identity');
  let loading: Promise<HostKey> | undefined;
  const hostKey = () => {
    loading ??= loadHostKey(identityDir);
    return loading;
  };
  const parts = { ...core, log };
  const sshKeys = new SshKeys(parts);
  const tokens = new SftpTokens({ ...core, tokens: account.tokens });
  const signIn = new SftpSignIn({ ...core, factors: account.factors, tokens, sshKeys });
  const serverNameOf = (id: string) => serverIndex.find(id)?.name;
  const server = new SftpServer({
    ...{ signIn, audit: core.audit, log, hostKey },
    serve: async (connection, channel, signal) => {
      const { login, socket } = connection;
      const { serverId } = login;
      const nodeId = serverIndex.find(serverId)?.nodeId;
      if (nodeId === undefined) return channel.close();
      const record = new SessionRecord({ ...parts, serverNameOf }, connection, signal);
      const guard = new PacketGuard(core.access, record, login);
      const writeDown = () => {
        guard.end();
        record.flush();
      };
      // At once, as the panel may be ending.
      signal.addEventListener('abort', writeDown);
      await bridgeSession(parts, { channel, socket, guard, serverId, nodeId, signal });
      writeDown();
    },
  });
  registerSftpRoutes(core.http, {
    ...{ server, hostKey, tokens, sshKeys, isTrusted: core.isTrusted, publicUrl: config.publicUrl },
    nameTarget: namedTarget('server', serverNameOf),
  });
  core.onOpen(() => server.listen(config.sftpPort, config.host));
  core.onClose(() => server.close());
  core.onClose(endRevoked({ ...core, log }, () => server.connections));
}
