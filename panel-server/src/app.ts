import { mkdir, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Server as SocketServer } from 'socket.io';
import type { DataSource } from 'typeorm';
import { AccessRules } from './access.ts';
import { writeFileAtomically } from './atomic-file.ts';
import type { Config } from './config.ts';
import { openDatabase } from './database/data-source.ts';
import { AuditService } from './features/audit/audit.service.ts';
import { Passwords } from './features/sessions/passwords.ts';
import { SessionStore } from './features/sessions/session-store.ts';
import { registerSessionRoutes } from './features/sessions/sessions.routes.ts';
import { SessionsService } from './features/sessions/sessions.service.ts';
import { SetupService } from './features/sessions/setup.service.ts';
import { SignInLimiter } from './features/sessions/sign-in-limiter.ts';
import { SettingsService } from './features/settings/settings.service.ts';
import { Readiness } from './features/system/readiness.ts';
import { registerSystemRoutes } from './features/system/system.routes.ts';
import { UsersService } from './features/users/users.service.ts';
import { trustProxies } from './http/client-address.ts';
import { Idempotency } from './http/idempotency.ts';
import type { PanelHttp } from './http/panel-http.ts';
import { RateLimiter } from './http/rate-limits.ts';
import { createHttp } from './http/server.ts';
import { createSocketServer } from './http/socket-server.ts';
import { loadPanelCertificate } from './identity/panel-certificate.ts';
import { loadPanelIdentity, type PanelIdentity } from './identity/panel-identity.ts';
import { loadSecretBox, type SecretBox } from './identity/secret-box.ts';
import { createLogger, type Logger } from './logger.ts';
import { Revocations } from './revocations.ts';
import { StartError } from './start-error.ts';
import { panelVersion } from './version.ts';

/** What every feature may build on. */
export interface PanelCore {
  config: Config;
  log: Logger;
  database: DataSource;
  identity: PanelIdentity;
  /** SHA-256 of the TLS key, hex, as agents pin it. */
  tlsFingerprint: string;
  secretBox: SecretBox;
  revocations: Revocations;
  access: AccessRules;
  audit: AuditService;
  settings: SettingsService;
  users: UsersService;
  sessions: SessionStore;
  http: PanelHttp;
  io: SocketServer;
}

export interface Panel {
  core: PanelCore;
  setup: SetupService;
  /** Where the panel listens, once it does. */
  listen(): Promise<{ url: string; port: number }>;
  close(): Promise<void>;
}

/** The composition root: everything is opened here, in order, and closed in reverse. */
export async function buildPanel(config: Config, options: { log?: Logger } = {}): Promise<Panel> {
  const log = options.log ?? createLogger(config.logLevel);
  const closers: (() => unknown)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const panelDir = join(config.dataDir, 'panel');
    const identityDir = join(panelDir, 'identity');
    await makeFolders(config.dataDir, identityDir);
    const identity = loadPanelIdentity(identityDir);
    const secretBox = loadSecretBox(identityDir);
    const certificate = await loadPanelCertificate(identityDir, config, log.child({ part: 'identity' }));
    closers.push(() => certificate.close());

    const opened = await openDatabase(config, log.child({ part: 'database' }));
    const database = opened.dataSource;
    closers.push(() => opened.close());

    const revocations = new Revocations();
    const access = new AccessRules();
    const audit = new AuditService(database, identity, panelDir, log.child({ part: 'audit' }));
    closers.push(() => audit.close());
    const settings = new SettingsService(database);
    const users = new UsersService(database);
    await users.ensureBuiltInRoles();
    const store = new SessionStore(database, users, revocations, log.child({ part: 'sessions' }));
    closers.push(() => store.close());
    const signInLimiter = new SignInLimiter(database, config.rateLimits);
    await signInLimiter.prune();
    const passwords = new Passwords();
    const sessions = new SessionsService({ users, store, passwords, limiter: signInLimiter });
    const setup = new SetupService({ database, users, settings, store, passwords, limiter: signInLimiter });
    await setup.prepare(config.firstAdmin);

    const isTrusted = trustProxies(config.trustedProxies);
    const limiter = new RateLimiter(config.rateLimits);
    const idempotency = new Idempotency(database, secretBox, log.child({ part: 'http' }));
    closers.push(() => idempotency.close());
    const http = await createHttp({
      config,
      log: log.child({ part: 'http' }),
      access,
      audit,
      sessions: store,
      limiter,
      idempotency,
      certificate,
      isTrusted,
    });
    closers.push(() => http.close());
    const io = createSocketServer(http, config, limiter, isTrusted);
    closers.push(() => io.close());

    const readiness = new Readiness(database);
    const core: PanelCore = {
      config,
      log,
      database,
      identity,
      tlsFingerprint: certificate.fingerprint,
      secretBox,
      revocations,
      access,
      audit,
      settings,
      users,
      sessions: store,
      http,
      io,
    };

    registerSystemRoutes(http, readiness, {
      version: panelVersion,
      database: opened.kind,
      tlsFingerprint: certificate.fingerprint,
      panelFingerprint: identity.fingerprint,
      dataDirectory: config.dataDir,
      startedAt: new Date().toISOString(),
    });
    registerSessionRoutes(http, sessions, setup);

    await http.ready();
    return {
      core,
      setup,
      close: async () => {
        readiness.setStarted(false);
        await close();
      },
      listen: async () => {
        const { url, port } = await listen(http, config);
        closers.push(await announceAddress(config.dataDir, url, port, setup));
        readiness.setStarted(true);
        log.info({ url }, 'The panel is ready');
        return { url, port };
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
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

async function listen(http: PanelHttp, config: Config): Promise<{ url: string; port: number }> {
  try {
    await http.listen({ host: config.host, port: config.port });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'another program uses it. Set CATALYST_PORT to another one' : message;
    throw new StartError(`The panel cannot listen on ${config.host} port ${config.port}: ${why}`, { cause });
  }
  const { port } = http.server.address() as AddressInfo;
  // From this machine plain HTTP always works, whatever the address the panel listens on.
  const isEverywhere = ['0.0.0.0', '::', '127.0.0.1', '::1'].includes(config.host);
  const url = isEverywhere ? `http://127.0.0.1:${port}` : `https://${config.host}:${port}`;
  return { url: config.host === '::1' ? `http://[::1]:${port}` : url, port };
}

/** Files by which other programs of this machine find the panel: its port, and while there is no administrator, the way in. */
async function announceAddress(dataDir: string, url: string, port: number, setup: SetupService) {
  const portFile = join(dataDir, 'run', 'port');
  const setupFile = join(dataDir, 'run', 'setup-url');
  await rm(setupFile, { force: true });
  if (setup.code) {
    writeFileAtomically(setupFile, `${url}/setup#${setup.code}\n`);
    setup.onCompleted(() => void rm(setupFile, { force: true }));
  }
  writeFileAtomically(portFile, `${port}\n`);
  return async () => {
    await rm(portFile, { force: true });
    await rm(setupFile, { force: true });
  };
}
