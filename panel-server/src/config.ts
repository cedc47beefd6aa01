import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultDataDir } from '@catalyst/shared/node/data-dir';
import { StartError } from '@catalyst/shared/node/start-error';
import { z } from 'zod';

/** Everything the environment decides. What people change while the panel runs are settings, in the database. */
export interface Config {
  dataDir: string;
  host: string;
  /** 0 picks a free port, which ends up in `run/port`. */
  port: number;
  sftpPort: number;
  /** A Postgres URL; without one the panel keeps a SQLite file in the data folder. */
  databaseUrl: string | undefined;
  /** A Redis URL; with one, all panels count requests together. */
  redisUrl: string | undefined;
  /** The first administrator, made at the first start. */
  firstAdmin: { email: string; password: string } | undefined;
  logLevel: LogLevel;
  rateLimits: RateLimits;
  /** Serve other machines without TLS instead of sending them to https. */
  allowPlainHttp: boolean;
  /** Addresses and networks (CIDR) whose X-Forwarded-* headers are believed. */
  trustedProxies: string[];
  /** Where people reach the panel; links that leave the panel start with it. */
  publicUrl: URL | undefined;
  /** A certificate of the owner's instead of the panel's own. */
  tls: { certificatePath: string; keyPath: string } | undefined;
  /** Start although the database lacks what it once held, or the panel's keys are gone. */
  acceptDataLoss: boolean;
  /** Seal what is stored with a new key, and forget the old one. */
  rotateSecrets: boolean;
  /** The built interface. */
  interfaceDir: string;
  /** The agent's entry file; the panel starts it as this machine's node. None: no local agent. */
  agentEntry: string | undefined;
}

export type LogLevel = z.output<typeof LogLevel>;
const LogLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']);

const count = z.int().min(1);

/** Requests a minute, but for the failed sign-ins, which count until they are forgotten. */
export const RateLimits = z.strictObject({
  anonymous: count.default(200),
  signedIn: count.default(6000),
  health: count.default(1000),
  files: count.default(3000),
  sockets: count.default(3000),
  tickets: count.default(1000),
  signInFailuresPerAccount: count.default(5),
  signInFailuresPerAddress: count.default(30),
  /** Registrations, forgotten passwords and the like, each counted apart. */
  accountRequestsPerAddress: count.default(10),
});
export type RateLimits = z.output<typeof RateLimits>;

const flag = z.enum(['0', '1', 'true', 'false']).transform((text) => text === '1' || text === 'true');
const port = z.coerce.number().int().min(0).max(65_535);
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);
const json = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    context.addIssue({ code: 'custom', message: 'is not JSON' });
    return z.NEVER;
  }
});

const Environment = z.object({
  CATALYST_DATA_DIR: z.string().optional(),
  CATALYST_HOST: z.string().default('127.0.0.1'),
  CATALYST_PORT: port.default(3000),
  CATALYST_SFTP_PORT: port.default(2022),
  CATALYST_DATABASE_URL: z.string().optional(),
  CATALYST_REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  CATALYST_ADMIN_EMAIL: z.string().optional(),
  CATALYST_ADMIN_PASSWORD: z.string().optional(),
  CATALYST_LOG_LEVEL: LogLevel.default('info'),
  CATALYST_RATE_LIMITS: json.pipe(RateLimits).prefault('{}'),
  CATALYST_ALLOW_PLAIN_HTTP: flag.default(false),
  CATALYST_ACCEPT_DATA_LOSS: flag.default(false),
  CATALYST_ROTATE_SECRETS: flag.default(false),
  CATALYST_TRUSTED_PROXIES: list.default([]),
  CATALYST_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  CATALYST_TLS_CERT: z.string().optional(),
  CATALYST_TLS_KEY: z.string().optional(),
  CATALYST_INTERFACE_DIR: z.string().optional(),
  CATALYST_AGENT_ENTRY: z.string().optional(),
});

/** Reads the environment once. Throws a StartError whose message says which variables contradict what. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new StartError(`${issue?.path.join('.')}: ${issue?.message}`);
  }
  const values = parsed.data;
  return {
    dataDir: resolve(values.CATALYST_DATA_DIR ?? defaultDataDir(environment)),
    // 'localhost' may be two addresses, and one port is enough.
    host: values.CATALYST_HOST === 'localhost' ? '127.0.0.1' : values.CATALYST_HOST,
    port: values.CATALYST_PORT,
    sftpPort: values.CATALYST_SFTP_PORT,
    databaseUrl: databaseUrl(values.CATALYST_DATABASE_URL),
    redisUrl: values.CATALYST_REDIS_URL,
    firstAdmin: firstAdmin(values.CATALYST_ADMIN_EMAIL, values.CATALYST_ADMIN_PASSWORD),
    logLevel: values.CATALYST_LOG_LEVEL,
    rateLimits: values.CATALYST_RATE_LIMITS,
    allowPlainHttp: values.CATALYST_ALLOW_PLAIN_HTTP,
    trustedProxies: values.CATALYST_TRUSTED_PROXIES,
    publicUrl: values.CATALYST_PUBLIC_URL ? new URL(values.CATALYST_PUBLIC_URL) : undefined,
    tls: tlsFiles(values.CATALYST_TLS_CERT, values.CATALYST_TLS_KEY),
    acceptDataLoss: values.CATALYST_ACCEPT_DATA_LOSS,
    rotateSecrets: values.CATALYST_ROTATE_SECRETS,
    interfaceDir: resolve(
      values.CATALYST_INTERFACE_DIR ?? fileURLToPath(new URL('../../desktop/dist/renderer', import.meta.url)),
    ),
    agentEntry: values.CATALYST_AGENT_ENTRY && resolve(values.CATALYST_AGENT_ENTRY),
  };
}

function databaseUrl(text: string | undefined): string | undefined {
  if (text === undefined || /^postgres(ql)?:\/\//.test(text)) return text;
  throw new StartError(
    'CATALYST_DATABASE_URL must start with postgres:// (leave it out for SQLite in the data folder)',
  );
}

function firstAdmin(email: string | undefined, password: string | undefined): Config['firstAdmin'] {
  if (email && password) return { email, password };
  if (!email && !password) return undefined;
  throw new StartError(
    'CATALYST_ADMIN_EMAIL and CATALYST_ADMIN_PASSWORD go together; only one of them is set',
  );
}

function tlsFiles(certificatePath: string | undefined, keyPath: string | undefined): Config['tls'] {
  if (certificatePath && keyPath)
    return { certificatePath: resolve(certificatePath), keyPath: resolve(keyPath) };
  if (!certificatePath && !keyPath) return undefined;
  throw new StartError('CATALYST_TLS_CERT and CATALYST_TLS_KEY go together; only one of them is set');
}
