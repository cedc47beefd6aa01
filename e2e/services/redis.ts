import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram } from './find-program.ts';

const readyTimeoutMs = 10_000;

export interface Redis {
  url: string;
  stop(): Promise<void>;
}

/** A Redis on this port of the loopback, in a temporary folder. Undefined where there is none to be had. */
export async function startRedis(port: number): Promise<Redis | undefined> {
  const program = findProgram('redis-server');
  if (!program) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'catalyst-redis-'));
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  const server = spawn(program, options, { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  server.stdout.on('data', (chunk) => {
    output = (output + chunk).slice(-4000);
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
  while (!/Ready to accept connections/.test(output)) {
    if (server.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`Redis did not start:\n${output}`);
    }
    await delay(25);
  }
  return { url: `redis://127.0.0.1:${port}`, stop };
}
