import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const readyTimeoutMs = 20_000;
/** Postgres refuses to run as root; `nobody` exists everywhere. */
const unprivileged = { uid: 65_534, gid: 65_534 };

export interface Postgres {
  /** Of a superuser, on the loopback. */
  url: string;
  stop(): Promise<void>;
}

/** A Postgres server in a temporary folder. Undefined, with a printed reason, where there is none to be had. */
export async function startPostgres(): Promise<Postgres | undefined> {
  const binaries = (await findBinaries()) ?? (await install());
  if (!binaries) {
    console.warn(
      'Skipped: tests on Postgres. No postgres was found, and only root on Debian can install it here.',
    );
    return undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), 'catalyst-postgres-'));
  const user = process.getuid?.() === 0 ? unprivileged : {};
  if ('uid' in user) await chown(folder, unprivileged.uid, unprivileged.gid);
  await chmod(folder, 0o700);
  const data = join(folder, 'data');
  const options = { cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', TZ: 'UTC' }, ...user };
  await run(
    join(binaries, 'initdb'),
    ['--pgdata', data, '--username', 'catalyst', '--auth', 'trust', '--encoding', 'UTF8', '--no-sync'],
    options,
  );
  const port = await freePort();
  const server = spawn(
    join(binaries, 'postgres'),
    [
      '-D',
      data,
      '-p',
      String(port),
      '-c',
      'listen_addresses=127.0.0.1',
      '-k',
      folder,
      '-c',
      'fsync=off',
      '-c',
      'max_connections=300',
    ],
    { ...options, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let output = '';
  server.stderr?.on('data', (chunk) => {
    output = (output + chunk).slice(-4000);
  });
  const stop = async () => {
    if (server.exitCode === null && server.signalCode === null) {
      const ended = once(server, 'exit');
      // Fast shutdown: does not wait for clients.
      server.kill('SIGINT');
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + readyTimeoutMs;
  while (!output.includes('database system is ready to accept connections')) {
    if (server.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`Postgres did not start:\n${output}`);
    }
    await delay(25);
  }
  return { url: `postgres://catalyst@127.0.0.1:${port}/postgres`, stop };
}

/** The newest version of the distribution, else the one on the PATH. */
async function findBinaries(): Promise<string | undefined> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => [] as string[]);
  const folders = [
    ...versions
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join('/usr/lib/postgresql', version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

async function install(): Promise<string | undefined> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  console.warn('Installing postgresql for the tests (once) …');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await run('apt-get', ['update', '-q'], { env });
    await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'postgresql'], { env });
  } catch (error) {
    console.warn(`Installing postgresql failed: ${(error as Error).message}`);
  }
  return findBinaries();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port');
  return address.port;
}
