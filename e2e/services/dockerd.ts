import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Containerd } from './containerd.ts';
import { unmountUnder } from './containerd-leftovers.ts';
import { findProgram, systemPath } from './find-program.ts';

const readyTimeoutMs = 60_000;

export interface Dockerd {
  version: string;
  /** Of its HTTP API; rejects with what it says when it refuses. */
  call(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Input and output of a container that is there and may not run yet. */
  attach(containerId: string): Promise<Duplex>;
  loadImage(archive: Buffer): Promise<void>;
  stop(): Promise<void>;
}

/** Docker's daemon on that containerd, with all else in that folder. Undefined, with a printed reason, without it. */
export async function startDockerd(containerd: Containerd, folder: string): Promise<Dockerd | undefined> {
  const program = findProgram('dockerd');
  if (!program) {
    console.warn('Skipped: Docker. dockerd was not found.');
    return undefined;
  }
  await mkdir(folder, { recursive: true });
  const socketPath = join(folder, 'docker.sock');
  // Not this machine's own.
  const configuration = join(folder, 'daemon.json');
  await writeFile(configuration, '{}');
  const places = ['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')];
  const daemon = spawn(
    program,
    [
      ...places,
      ...['--pidfile', join(folder, 'docker.pid'), '--host', `unix://${socketPath}`],
      ...['--containerd', containerd.socketPath, '--config-file', configuration],
    ],
    { env: { PATH: systemPath(), TMPDIR: folder }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let output = '';
  daemon.stderr.on('data', (chunk) => {
    output = (output + chunk).slice(-16_000);
  });

  const ask = (method: string, path: string, body?: Buffer, type = 'application/json') =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const headers = body && { 'content-type': type, 'content-length': body.length };
      request({ socketPath, method, path: `/v1.41${path}`, headers }, resolve)
        .on('error', reject)
        .end(body);
    });
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await ask(
      method,
      path,
      body === undefined ? undefined : Buffer.from(JSON.stringify(body)),
    );
    const text = await textOf(answer);
    if ((answer.statusCode ?? 500) >= 400) throw new Error(`Docker answers ${answer.statusCode}: ${text}`);
    return text === '' ? null : JSON.parse(text);
  };

  const stop = async () => {
    if (daemon.exitCode === null && daemon.signalCode === null) {
      const ended = once(daemon, 'exit');
      daemon.kill('SIGTERM');
      const patience = setTimeout(() => daemon.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(patience);
    }
    await unmountUnder(folder);
  };
  const deadline = Date.now() + readyTimeoutMs;
  for (;;) {
    const version = await call('GET', '/version').catch(() => null);
    if (version) {
      return {
        version: (version as { Version: string }).Version,
        call,
        async attach(id) {
          const query = 'stream=1&stdin=1&stdout=1&stderr=1';
          const opening = request({
            socketPath,
            method: 'POST',
            path: `/v1.41/containers/${id}/attach?${query}`,
            headers: { connection: 'Upgrade', upgrade: 'tcp' },
          });
          opening.end();
          const [, socket] = await once(opening, 'upgrade');
          return socket;
        },
        async loadImage(archive) {
          const answer = await ask('POST', '/images/load?quiet=1', archive, 'application/x-tar');
          const text = await textOf(answer);
          if (answer.statusCode !== 200 || text.includes('"error"')) throw new Error(`Docker: ${text}`);
        },
        stop,
      };
    }
    if (daemon.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`dockerd did not start:\n${output}`);
    }
    await delay(50);
  }
}

async function textOf(answer: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of answer) text += chunk;
  return text;
}
