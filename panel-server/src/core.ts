import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadSigningKey, type SigningKey } from '@catalyst/shared/node/signing-key';
import { StartError } from '@catalyst/shared/node/start-error';
import type { Server as SocketServer } from 'socket.io';
import type { DataSource } from 'typeorm';
import { AccessRules } from './access.ts';
import type { Config } from './config.ts';
import { openDatabase } from './database/data-source.ts';
import { PasswordRules } from './features/accounts/password-rules.ts';
import { ApiKeyStore } from './features/api-keys/api-key-store.ts';
import { AuditService } from './features/audit/audit.service.ts';
import { AuditHead } from './features/audit/audit-head.ts';
import { settleLostEntries } from './features/audit/lost-entries.ts';
import { Tickets } from './features/data-plane/tickets.ts';
import { Mail } from './features/mail/mail.service.ts';
import { NodeIndex } from './features/nodes/node-index.ts';
import { ServerIndex } from './features/servers/server-index.ts';
import { Passwords } from './features/sessions/passwords.ts';
import { SessionStore } from './features/sessions/session-store.ts';
import { SignInLimiter } from './features/sessions/sign-in-limiter.ts';
import { PanelSettings } from './features/settings/panel-settings.ts';
import { SettingsService } from './features/settings/settings.service.ts';
import { Readiness } from './features/system/readiness.ts';
import { UsersService } from './features/users/users.service.ts';
import { clientAddress, type ProxyTrust, trustProxies } from './http/client-address.ts';
import { Credentials } from './http/credentials.ts';
import { FrontDoor, type PanelAddress } from './http/front-door.ts';
import { Idempotency } from './http/idempotency.ts';
import type { PanelHttp } from './http/panel-http.ts';
import { RateLimiter } from './http/rate-limits.ts';
import { createHttp } from './http/server.ts';
import { SharedBuckets } from './http/shared-buckets.ts';
import { createSocketServer } from './http/socket-server.ts';
import { missingKeys, refuseLostKeys } from './identity/missing-keys.ts';
import { loadPanelCertificate } from './identity/panel-certificate.ts';
import { rotateSecrets } from './identity/rotate-secrets.ts';
import type { SecretBox } from './identity/secret-box.ts';
import { loadSecretKeys } from './identity/secret-keys.ts';
import type { Logger } from './logger.ts';
import { agentAudit, violationLog } from './realtime/agent-audit.ts';
import { Agents } from './realtime/agents.ts';
import { Browsers } from './realtime/browsers.ts';
import { shareRevocations } from './realtime/shared-revocations.ts';
import { Revocations } from './revocations.ts';
import { panelVersion } from './version.ts';

/** When what a feature opens begins and ends. */
interface Lifecycle {
  /** Runs when the door is open, in order; `/health` says ready after the last. */
  onOpen(starter: (address: PanelAddress) => unknown): void;
  /** Runs when the panel ends, in reverse order. */
  onClose(closer: () => unknown): void;
}

/** What every feature may build on. */
export interface PanelCore extends Lifecycle {
  config: Config;
  log: Logger;
  database: DataSource;
  databaseKind: 'sqlite' | 'postgres';
  identity: SigningKey;
  /** SHA-256 of the TLS key, hex, as agents pin it. */
  tlsFingerprint: string;
  secretBox: SecretBox;
  revocations: Revocations;
  access: AccessRules;
  audit: AuditService;
  settings: SettingsService;
  panelSettings: PanelSettings;
  /** The outbox: `send` answers false where no mail is set up, and the link is to be shown instead. */
  mail: Mail;
  users: UsersService;
  sessions: SessionStore;
  apiKeys: ApiKeyStore;
  passwords: Passwords;
  passwordRules: PasswordRules;
  signInLimiter: SignInLimiter;
  readiness: Readiness;
  isTrusted: ProxyTrust;
  door: FrontDoor;
  http: PanelHttp;
  io: SocketServer;
  nodeIndex: NodeIndex;
  serverIndex: ServerIndex;
  /** Namespace `/agent`: the way to ask agents, and to answer them. */
  agents: Agents;
  /** Namespace `/`: the way to tell browsers and programs, and to answer them. */
  browsers: Browsers;
  tickets: Tickets;
}

/** Opens what the features stand on, in order. */
export async function openCore(config: Config, log: Logger, lifecycle: Lifecycle): Promise<PanelCore> {
  const { onClose } = lifecycle;
  const panelDir = join(config.dataDir, 'panel');
  const identityDir = join(panelDir, 'identity');
  await makeFolders(config.dataDir, identityDir);
  const isTrusted = trustProxies(config.trustedProxies);
  const door = new FrontDoor(isTrusted);
  onClose(() => door.close());
  await door.listen(config);

  const missing = missingKeys(identityDir);
  const auditLog = log.child({ part: 'audit' });
  const keyPath = join(identityDir, 'panel-key.pem');
  const knownHead =
    missing.length === 0 ? new AuditHead(await loadSigningKey(keyPath), panelDir, auditLog) : undefined;
  const expected = { auditSeq: knownHead?.seq ?? 0, acceptLoss: config.acceptDataLoss };
  const opened = await openDatabase(config, log.child({ part: 'database' }), expected);
  const { dataSource: database, kind } = opened;
  onClose(opened.close);

  // Made only now: a database in use has keys already.
  if (!config.acceptDataLoss) await refuseLostKeys(missing, database);
  const identity = await loadSigningKey(keyPath);
  const secretKeys = await loadSecretKeys(identityDir);
  const certificate = await loadPanelCertificate(identityDir, config, log.child({ part: 'identity' }));
  onClose(() => certificate.close());
  door.useCertificate(certificate);

  const revocations = new Revocations();
  const auditHead = knownHead ?? new AuditHead(identity, panelDir, auditLog);
  const audit = new AuditService(database, auditHead, auditLog);
  onClose(() => audit.close());
  await settleLostEntries(database, audit, auditHead, expected);
  const rotation = { database, audit, log: log.child({ part: 'identity' }) };
  await rotateSecrets(secretKeys, rotation, config.rotateSecrets);
  const secretBox = secretKeys.box;
  const nodeIndex = await NodeIndex.load(database);
  const serverIndex = await ServerIndex.load(database);
  const access = new AccessRules(
    serverIndex,
    async () => (await panelSettings.read('suspendedDeletion')) === 'owner',
  );
  const users = new UsersService(database);
  await users.ensureBuiltInRoles();
  const sessions = new SessionStore(database, users, revocations, log.child({ part: 'sessions' }));
  onClose(() => sessions.close());
  const apiKeys = new ApiKeyStore({ database, users, revocations, log: log.child({ part: 'api-keys' }) });
  const credentials = new Credentials(sessions, apiKeys);
  const known = { users, apiKeys, serverIndex, nodeIndex };
  if (kind === 'postgres') onClose(shareRevocations(database, revocations, known, log));
  const signInLimiter = new SignInLimiter(database, config.rateLimits);
  await signInLimiter.prune();

  const httpLog = log.child({ part: 'http' });
  const shared = config.redisUrl ? await SharedBuckets.connect(config.redisUrl, httpLog) : undefined;
  onClose(() => shared?.close());
  const limiter = new RateLimiter(config.rateLimits, shared);
  const idempotency = new Idempotency(database, secretBox, httpLog);
  onClose(() => idempotency.close());
  const httpParts = {
    config,
    log: httpLog,
    access,
    audit,
    credentials,
    limiter,
    idempotency,
    door,
    isTrusted,
  };
  const http = await createHttp(httpParts);
  onClose(() => http.close());
  const io = createSocketServer(door, config, limiter, isTrusted);
  onClose(() => io.close());
  const findServer = (serverId: string) => serverIndex.find(serverId);
  const browsers = new Browsers({ io, credentials, access, audit, revocations, log, isTrusted, findServer });
  onClose(() => browsers.close());
  const agentLog = log.child({ part: 'agents' });
  const recordAgent = agentAudit(audit, (nodeId) => nodeIndex.find(nodeId)?.name);
  const agents = new Agents(io, {
    panel: identity,
    panelVersion,
    nodeOf: (serverId) => serverIndex.find(serverId)?.nodeId,
    addressOf: ({ request }) => clientAddress(request, isTrusted),
    audit: recordAgent,
    violation: violationLog(recordAgent, agentLog),
    log: agentLog,
  });
  onClose(() => agents.close());

  const settings = new SettingsService(database);
  const panelSettings = new PanelSettings(settings, config, door);
  const mail = new Mail({ database, settings, secretBox, log: log.child({ part: 'mail' }) });
  lifecycle.onOpen(() => mail.outbox.open());
  onClose(() => mail.outbox.close());

  return {
    config,
    log,
    database,
    databaseKind: kind,
    identity,
    tlsFingerprint: certificate.fingerprint,
    secretBox,
    revocations,
    access,
    audit,
    settings,
    panelSettings,
    mail,
    users,
    sessions,
    apiKeys,
    passwords: new Passwords(),
    passwordRules: new PasswordRules(panelSettings, log.child({ part: 'accounts' })),
    signInLimiter,
    readiness: new Readiness(database),
    isTrusted,
    door,
    http,
    io,
    nodeIndex,
    serverIndex,
    agents,
    browsers,
    tickets: new Tickets(),
    ...lifecycle,
  };
}

async function makeFolders(dataDir: string, identityDir: string): Promise<void> {
  try {
    // Game servers run as users of their own and pass through to their folders.
    await mkdir(dataDir, { recursive: true, mode: 0o711 });
    await mkdir(join(dataDir, 'run'), { recursive: true, mode: 0o700 });
    await mkdir(identityDir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new StartError(`The data folder ${dataDir} cannot be used: ${(cause as Error).message}`, { cause });
  }
}
