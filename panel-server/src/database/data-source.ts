import type { DataSource, EntitySchema } from 'typeorm';
import type { Config } from '../config.ts';
import { AccountTokenEntity } from '../features/accounts/account-token.entity.ts';
import { ApiKeyEntity } from '../features/api-keys/api-key.entity.ts';
import { AuditEntryEntity } from '../features/audit/audit-entry.entity.ts';
import { PasskeyEntity } from '../features/factors/passkey.entity.ts';
import { RecoveryCodeEntity } from '../features/factors/recovery-code.entity.ts';
import { TotpFactorEntity } from '../features/factors/totp-factor.entity.ts';
import { IpPoolEntity } from '../features/ip-pools/ip-pool.entity.ts';
import { OutgoingMailEntity } from '../features/mail/outgoing-mail.entity.ts';
import { NetworkAddressEntity } from '../features/networks/network-address.entity.ts';
import { NodeNetworkEntity } from '../features/networks/node-network.entity.ts';
import { DeploymentTokenEntity } from '../features/nodes/deployment-token.entity.ts';
import { NodeEntity } from '../features/nodes/node.entity.ts';
import { IdentityEntity } from '../features/oidc/identity.entity.ts';
import { OidcProviderEntity } from '../features/oidc/oidc-provider.entity.ts';
import { OperationEntity } from '../features/operations/operation.entity.ts';
import { PortPoolEntity } from '../features/port-pools/port-pool.entity.ts';
import { RegistryEntity } from '../features/registries/registry.entity.ts';
import { AllocationEntity } from '../features/servers/allocation.entity.ts';
import { FavouriteEntity } from '../features/servers/favourite.entity.ts';
import { ServerEntity } from '../features/servers/server.entity.ts';
import { TombstoneEntity } from '../features/servers/tombstone.entity.ts';
import { TransitionEntity } from '../features/servers/transition.entity.ts';
import { SessionEntity } from '../features/sessions/session.entity.ts';
import { SignInRecordEntity } from '../features/sessions/sign-in-record.entity.ts';
import { SettingEntity } from '../features/settings/setting.entity.ts';
import { SshKeyEntity } from '../features/sftp/ssh-key.entity.ts';
import { ServerInviteEntity } from '../features/subusers/server-invite.entity.ts';
import { SubuserEntity } from '../features/subusers/subuser.entity.ts';
import { TemplateEntity } from '../features/templates/template.entity.ts';
import { TemplateVersionEntity } from '../features/templates/template-version.entity.ts';
import { DeletedUserEntity } from '../features/users/deleted-user.entity.ts';
import { RoleEntity } from '../features/users/role.entity.ts';
import { UserEntity } from '../features/users/user.entity.ts';
import { IdempotencyKeyEntity } from '../http/idempotency-key.entity.ts';
import type { Logger } from '../logger.ts';
import { SharedRevocationEntity } from '../realtime/shared-revocation.entity.ts';
import type { ExpectedData } from './expected-data.ts';
import { UsersAndSessions } from './migrations/0001-users-and-sessions.ts';
import { NodesAndServers } from './migrations/0002-nodes-and-servers.ts';
import { InstallCommands } from './migrations/0003-install-commands.ts';
import { Registries } from './migrations/0004-registries.ts';
import { Networks } from './migrations/0005-networks.ts';
import { People } from './migrations/0006-people.ts';
import { AccountsAndMail } from './migrations/0007-accounts-and-mail.ts';
import { AuditSearch } from './migrations/0008-audit-search.ts';
import { AppendOnlyAudit } from './migrations/0009-append-only-audit.ts';
import { Templates } from './migrations/0010-templates.ts';
import { SignInRecords } from './migrations/0011-sign-in-records.ts';
import { Suspensions } from './migrations/0012-suspensions.ts';
import { ServerTransitions } from './migrations/0013-server-transitions.ts';
import { SessionEpochs } from './migrations/0014-session-epochs.ts';
import { ServerLabels } from './migrations/0015-server-labels.ts';
import { Pools } from './migrations/0016-pools.ts';
import { StartupLines } from './migrations/0017-startup-lines.ts';
import { ReinstallsAndCrashes } from './migrations/0018-reinstalls-and-crashes.ts';
import { NodeFirewall } from './migrations/0019-node-firewall.ts';
import { SshKeys } from './migrations/0020-ssh-keys.ts';
import { openPostgres } from './postgres.ts';
import { openSqlite } from './sqlite.ts';

export const entities: EntitySchema[] = [
  UserEntity,
  RoleEntity,
  SessionEntity,
  SignInRecordEntity,
  SettingEntity,
  AuditEntryEntity,
  IdempotencyKeyEntity,
  NodeEntity,
  DeploymentTokenEntity,
  ServerEntity,
  FavouriteEntity,
  TransitionEntity,
  AllocationEntity,
  TombstoneEntity,
  OperationEntity,
  RegistryEntity,
  NodeNetworkEntity,
  NetworkAddressEntity,
  PortPoolEntity,
  IpPoolEntity,
  DeletedUserEntity,
  SubuserEntity,
  ServerInviteEntity,
  ApiKeyEntity,
  SharedRevocationEntity,
  AccountTokenEntity,
  TotpFactorEntity,
  RecoveryCodeEntity,
  PasskeyEntity,
  OidcProviderEntity,
  IdentityEntity,
  OutgoingMailEntity,
  TemplateEntity,
  TemplateVersionEntity,
  SshKeyEntity,
];

/** In order. Each class's `name` ends in a number of 13 digits, which is its place. */
export const migrations = [
  UsersAndSessions,
  NodesAndServers,
  InstallCommands,
  Registries,
  Networks,
  People,
  AccountsAndMail,
  AuditSearch,
  AppendOnlyAudit,
  Templates,
  SignInRecords,
  Suspensions,
  ServerTransitions,
  SessionEpochs,
  ServerLabels,
  Pools,
  StartupLines,
  ReinstallsAndCrashes,
  NodeFirewall,
  SshKeys,
];

export interface OpenDatabase {
  dataSource: DataSource;
  kind: 'sqlite' | 'postgres';
  close(): Promise<void>;
}

const nothingExpected: ExpectedData = { auditSeq: 0, acceptLoss: false };

/** Opens the database, brought up to this version. Throws a StartError instead of starting on anything doubtful. */
export function openDatabase(
  config: Config,
  log: Logger,
  expected: ExpectedData = nothingExpected,
): Promise<OpenDatabase> {
  const common = {
    entities,
    migrations,
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
  } as const;
  return config.databaseUrl
    ? openPostgres(config.databaseUrl, common, log)
    : openSqlite(config.dataDir, common, expected, log);
}
