import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram } from './find-program.ts';

const readyTimeoutMs = 20_000;

export interface Registry {
  /** `127.0.0.1:PORT`, as in a reference of an image. */
  host: string;
  /** Where it keeps its content; gone after `stop`. */
  folder: string;
  /** Null when everybody may read and write. */
  login: { username: string; password: string } | null;
  stop(): Promise<void>;
}

const testLogin = { username: 'tester', password: 'a password of the tests' };
/** bcrypt of that password: the only kind the registry knows. */
const testPasswordHash = '$2b$04$rpTHBfckNpJC2gWX0K1mE.PzcC.AM.GyBfmQzm1/4tH.pGMFOyQaK';

/**
 * Debian's registry of images on the loopback, over plain HTTP. Undefined, with a printed reason, where there is none.
 */
export async function startRegistry({ requiresLogin = false } = {}): Promise<Registry | undefined> {
  const program = findProgram('docker-registry');
  if (!program) {
    console.warn('Skipped: tests on a registry. docker-registry was not found.');
    return undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), 'catalyst-registry-'));
  await writeFile(join(folder, 'htpasswd'), `${testLogin.username}:${testPasswordHash}\n`);
  await writeFile(join(folder, 'config.yml'), configuration(folder, requiresLogin));
  const server = spawn(program, ['serve', join(folder, 'config.yml')], {
    cwd: folder,
    env: { PATH: process.env.PATH, OTEL_TRACES_EXPORTER: 'none' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  server.stderr.on('data', (chunk) => {
    output = (output + chunk).slice(-16_000);
  });
  const stop = async () => {
    if (server.exitCode === null && server.signalCode === null) {
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + readyTimeoutMs;
  for (;;) {
    const host = /listening on (127\.0\.0\.1:\d+)/.exec(output)?.[1];
    if (host) return { host, folder, login: requiresLogin ? testLogin : null, stop };
    if (server.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`The registry did not start:\n${output}`);
    }
    await delay(10);
  }
}

function configuration(folder: string, requiresLogin: boolean): string {
  const quoted = (path: string) => JSON.stringify(join(folder, path));
  return [
    'version: 0.1',
    'log: { level: info }',
    `storage: { filesystem: { rootdirectory: ${quoted('content')} }, delete: { enabled: true } }`,
    'http: { addr: "127.0.0.1:0" }',
    ...(requiresLogin ? [`auth: { htpasswd: { realm: tests, path: ${quoted('htpasswd')} } }`] : []),
    '',
  ].join('\n');
}
