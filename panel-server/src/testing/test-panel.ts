import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { api } from '@catalyst/shared/api';
import { type ApiClient, createApiClient } from '@catalyst/shared/contract/client';
import type { builtInRoles } from '@catalyst/shared/contract/permissions';
import { hash as hashPassword } from '@node-rs/argon2';
import pg from 'pg';
import { inject } from 'vitest';
import { buildPanel, type Panel, type PanelOptions } from '../app.ts';
import { type Config, readConfig } from '../config.ts';
import { createLogger } from '../logger.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string | null;
  }
}

type TestDatabase = 'sqlite' | 'postgres';

/** For `describe.each`: SQLite, and Postgres where it can be had (otherwise the set-up has printed why not). */
export const testDatabases: TestDatabase[] = hasPostgres() ? ['sqlite', 'postgres'] : ['sqlite'];

export interface TestClient {
  token: string;
  userId: string;
  api: ApiClient<typeof api>;
}

export interface TestPanel {
  panel: Panel;
  url: string;
  port: number;
  dataDir: string;
  config: Config;
  /** Every line of the panel's log so far. */
  logText(): string;
  admin: TestClient;
  user: TestClient;
  anonymous: ApiClient<typeof api>;
  clientFor(token: string): ApiClient<typeof api>;
  /** Another user, signed in; the password is `password`. */
  createUser(name: string, role?: keyof typeof builtInRoles): Promise<TestClient>;
  /** Ends the panel and starts another on the same folder and database. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export const password = 'correct horse battery';

interface TestPanelOptions {
  database?: TestDatabase;
  environment?: Record<string, string>;
  /** Also waits for the first administrator, as a fresh panel does; then there are no `admin` and `user`. */
  withoutAdmin?: boolean;
  options?: PanelOptions;
  /** Runs on the panel before it opens. */
  prepare?: (panel: Panel) => Promise<void> | void;
}

/** A whole panel on a folder and a database of its own, listening on a free port of the loopback. */
export async function testPanel(options: TestPanelOptions = {}): Promise<TestPanel> {
  const dataDir = await mkdtemp(join(tmpdir(), 'catalyst-panel-'));
  await chmod(dataDir, 0o711);
  const database = options.database === 'postgres' ? await createPostgresDatabase() : undefined;
  const config = readConfig({
    CATALYST_DATA_DIR: dataDir,
    CATALYST_PORT: '0',
    CATALYST_SFTP_PORT: '0',
    CATALYST_LOG_LEVEL: 'trace',
    CATALYST_DATABASE_URL: database?.url,
    CATALYST_INTERFACE_DIR: join(dataDir, 'no-interface'),
    CATALYST_RATE_LIMITS: JSON.stringify({ anonymous: 100_000, signedIn: 1_000_000 }),
    ...(!options.withoutAdmin && {
      CATALYST_ADMIN_EMAIL: 'admin@example.com',
      CATALYST_ADMIN_PASSWORD: password,
    }),
    ...options.environment,
  });
  const lines: string[] = [];
  const log = createLogger(config.logLevel, { write: (line) => void lines.push(line) });
  const start = async () => {
    const panel = await buildPanel(config, { log, ...options.options });
    try {
      await options.prepare?.(panel);
      return { panel, ...(await panel.open()) };
    } catch (error) {
      await panel.close();
      throw error;
    }
  };
  const clientFor = (token: string) => createApiClient(api, { baseUrl: test.url, token: () => token });
  const signIn = async (userName: string): Promise<TestClient> => {
    const owner = await test.panel.core.users.findByEmail(`${userName}@example.com`);
    if (!owner) throw new Error(`There is no user ${userName}`);
    const { token } = await test.panel.core.sessions.create(owner, { ip: '127.0.0.1', userAgent: 'test' });
    return { token, userId: owner.user.id, api: clientFor(token) };
  };
  const test: TestPanel = {
    ...(await start()),
    dataDir,
    config,
    logText: () => lines.join(''),
    admin: undefined as never,
    user: undefined as never,
    anonymous: undefined as never,
    clientFor,
    async createUser(name, role = 'user') {
      await test.panel.core.users.create({
        email: `${name}@example.com`,
        name,
        passwordHash: await hashedPassword,
        role,
      });
      return signIn(name);
    },
    async restart() {
      await test.panel.close();
      Object.assign(test, await start());
      test.anonymous = createApiClient(api, { baseUrl: test.url });
      if (!options.withoutAdmin) {
        test.admin = { ...test.admin, api: clientFor(test.admin.token) };
        test.user = { ...test.user, api: clientFor(test.user.token) };
      }
    },
    async close() {
      await test.panel.close();
      await database?.drop();
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  test.anonymous = createApiClient(api, { baseUrl: test.url });
  if (!options.withoutAdmin) {
    test.admin = await signIn('admin');
    test.user = await test.createUser('user');
  }
  return test;
}

/** Made once: it is slow on purpose. */
const hashedPassword = hashPassword(password);

function hasPostgres(): boolean {
  const url = inject('postgresUrl');
  if (url === undefined)
    throw new Error('start-postgres.ts is missing among the global set-ups of vitest.config.ts');
  return url !== null;
}

/** A database of its own on the server that the test run started. */
export async function createPostgresDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const serverUrl = inject('postgresUrl');
  if (!serverUrl) throw new Error('There is no Postgres here; use testDatabases');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
