import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, createServer as createPlainServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { createServer } from 'node:tls';
import { promisify } from 'node:util';
import { findProgram } from './find-program.ts';

const run = promisify(execFile);

/** Trusted by who trusts its file (`NODE_EXTRA_CA_CERTS`). */
export interface Certificate {
  path: string;
  keyPath: string;
}

export interface PublicAddress {
  /** `ADDRESS:PORT`, as in a reference of an image. */
  host: string;
  /** What passes from now on, in bytes a second and connection; null for as fast as it goes. */
  setSpeed(bytesPerSecond: number | null): void;
  stop(): Promise<void>;
}

/** Undefined, with a printed reason, without openssl. */
export async function makeCertificate(
  folder: string,
  addresses: readonly string[],
): Promise<Certificate | undefined> {
  if (!findProgram('openssl')) {
    console.warn('Skipped: tests over TLS. openssl was not found.');
    return undefined;
  }
  const certificate = { path: join(folder, 'certificate.pem'), keyPath: join(folder, 'key.pem') };
  const names = addresses.map((address) => `IP:${address}`).join(',');
  const subject = ['-subj', '/CN=tests', '-addext', `subjectAltName=${names}`];
  const files = ['-keyout', certificate.keyPath, '-out', certificate.path];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await run('openssl', ['req', '-x509', ...kind, ...subject, ...files]);
  return certificate;
}

/**
 * Lets a service on the loopback (`127.0.0.1:PORT`) be found at another address, be it of the public internet; over TLS
 * where there is a certificate. For private network namespaces only, where no such address leads anywhere else.
 */
export async function publish(
  localHost: string,
  { address, certificate }: { address: string; certificate: Certificate | null },
): Promise<PublicAddress> {
  await run('ip', ['address', 'replace', `${address}/32`, 'dev', 'lo']);
  let speed: number | null = null;
  const sockets = new Set<Socket>();
  const port = Number(localHost.split(':')[1]);
  const connected = (outer: Socket) => {
    const inner = connect(port, '127.0.0.1');
    for (const [socket, other] of [
      [outer, inner],
      [inner, outer],
    ] as const) {
      sockets.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(socket);
          other.destroy();
        });
    }
    outer.pipe(inner);
    inner.pipe(paced(() => speed)).pipe(outer);
  };
  const server = certificate
    ? createServer(
        { key: await readFile(certificate.keyPath), cert: await readFile(certificate.path) },
        connected,
      )
    : createPlainServer(connected);
  server.on('tlsClientError', () => {});
  server.listen(0, address);
  await once(server, 'listening');
  const bound = server.address();
  return {
    host: `${address}:${typeof bound === 'object' ? bound?.port : bound}`,
    setSpeed(bytesPerSecond) {
      speed = bytesPerSecond;
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
      await run('ip', ['address', 'delete', `${address}/32`, 'dev', 'lo']);
    },
  };
}

function paced(bytesPerSecond: () => number | null): Transform {
  return new Transform({
    async transform(chunk: Buffer, _encoding, done) {
      const speed = bytesPerSecond();
      if (speed !== null) await delay((chunk.length / speed) * 1000);
      done(null, chunk);
    },
  });
}
