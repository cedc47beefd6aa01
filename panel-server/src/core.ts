import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadSigningKey, type SigningKey } from '@catalyst/shared/node/signing-key';
import { StartError } from '@catalyst/shared/node/start-error';
import type { Server as SocketServer } from 'socket.io';
import type { DataSource } from 'typeorm';
import { AccessRules } from './access.ts';
import type { Config } from './config.ts';
import { openDatabase } from './database/data-source.ts';
import { AuditService } from './features/audit/audit.service.ts';
import { AuditHead } from './features/audit/audit-head.ts';
import { settleLostEntries } from './features/audit/lost-entries.ts';
import { Passwords } from './features/sessions/passwords.ts';
import { SessionStore } from './features/sessions/session-store.ts';
import { SignInLimiter } from './features/sessions/sign-in-limiter.ts';
import { SettingsService } from './features/settings/settings.service.ts';
import { Readiness } from './features/system/readiness.ts';
import { UsersService } from './features/users/users.service.ts';
import { trustProxies } from './http/client-address.ts';
import { Idempotency } from './http/idempotency.ts';
import type { PanelHttp } from './http/panel-http.ts';
import { RateLimiter } from './http/rate-limits.ts';
import { createHttp } from './http/server.ts';
import { createSocketServer } from './http/socket-server.ts';
import { missingKeys, refuseLostKeys } from './identity/missing-keys.ts';
import { loadPanelCertificate } from './identity/panel-certificate.ts';
import { loadSecretBox, type SecretBox } from './identity/secret-box.ts';
import type { Logger } from './logger.ts';
import { Revocations } from './revocations.ts';

/** What every feature may build on. */
export interface PanelCore {
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
  users: UsersService;
  sessions: SessionStore;
  passwords: Passwords;
  signInLimiter: SignInLimiter;
  readiness: Readiness;
  http: PanelHttp;
  io: SocketServer;
}

/** Opens it all, in order; what must be closed goes to `closers`, for the caller to run in reverse. */
export async function openCore(config: Config, log: Logger, closers: (() => unknown)[]): Promise<PanelCore> {
  const panelDir = join(config.dataDir, 'panel');
  const identityDir = join(panelDir, 'identity');
  await makeFolders(config.dataDir, identityDir);
  const missing = missingKeys(identityDir);
  const auditLog = log.child({ part: 'audit' });
  const keyPath = join(identityDir, 'panel-key.pem');
  const knownHead =
    missing.length === 0 ? new AuditHead(await loadSigningKey(keyPath), panelDir, auditLog) : undefined;
  const expected = { auditSeq: knownHead?.seq ?? 0, acceptLoss: config.acceptDataLoss };
  const opened = await openDatabase(config, log.child({ part: 'database' }), expected);
  const { dataSource: database, kind } = opened;
  closers.push(opened.close);

  // Made only now: a database in use has keys already.
  if (!config.acceptDataLoss) await refuseLostKeys(missing, database);
  const identity = await loadSigningKey(keyPath);
  const secretBox = await loadSecretBox(identityDir);
  const certificate = await loadPanelCertificate(identityDir, config, log.child({ part: 'identity' }));
  closers.push(() => certificate.close());

  const revocations = new Revocations();
  const access = new AccessRules();
  const auditHead = knownHead ?? new AuditHead(identity, panelDir, auditLog);
  const audit = new AuditService(database, auditHead, auditLog);
  closers.push(() => audit.close());
  await settleLostEntries(database, audit, auditHead, expected);
  const users = new UsersService(database);
  await users.ensureBuiltInRoles();
  const sessions = new SessionStore(database, users, revocations, log.child({ part: 'sessions' }));
  closers.push(() => sessions.close());
  const signInLimiter = new SignInLimiter(database, config.rateLimits);
  await signInLimiter.prune();

  const httpLog = log.child({ part: 'http' });
  const isTrusted = trustProxies(config.trustedProxies);
  const limiter = new RateLimiter(config.rateLimits);
  const idempotency = new Idempotency(database, secretBox, httpLog);
  closers.push(() => idempotency.close());
  const httpParts = {
    config,
    log: httpLog,
    access,
    audit,
    sessions,
    limiter,
    idempotency,
    certificate,
    isTrusted,
  };
  const http = await createHttp(httpParts);
  closers.push(() => http.close());
  const io = createSocketServer(http, config, limiter, isTrusted);
  closers.push(() => io.close());

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
    settings: new SettingsService(database),
    users,
    sessions,
    passwords: new Passwords(),
    signInLimiter,
    readiness: new Readiness(database),
    http,
    io,
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
