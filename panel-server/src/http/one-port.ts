import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
} from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { answerUnexpected } from './bare-answers.ts';
import type { ConnectionCap } from './connection-cap.ts';

const tlsHandshakeRecord = 22;
const firstByteTimeoutMs = 10_000;

export type OnePortServer = Server & { renewCertificate(): void };

/**
 * One server that speaks HTTP with and without TLS on the same port: the first byte of a connection tells which. After
 * that both are the same to it (`socket.encrypted` says which one it was). While `tls` gives nothing, there is none.
 */
export function createOnePortServer(
  handler: RequestListener,
  tls: () => { key: string; cert: string } | undefined,
  cap: ConnectionCap,
): OnePortServer {
  // A request may be a long stream (`body-deadline.ts` sees to the others); proxies reuse a connection for a minute.
  const options: ServerOptions = {
    requestTimeout: 0,
    headersTimeout: 15_000,
    connectionsCheckingInterval: 5000,
    keepAliveTimeout: 72_000,
    // Node would answer without a body; the panel refuses it in its own words.
    requireHostHeader: false,
    shouldUpgradeCallback: isSocketUpgrade,
  };
  const server = createServer(options, handler).on('checkExpectation', answerUnexpected);
  const [acceptHttp] = server.listeners('connection') as ((socket: Socket) => void)[];
  if (!acceptHttp) throw new Error('The HTTP server does not listen to its own connections');
  let tlsServer: TlsServer | undefined;
  const undecided = new Set<Socket>();

  const startTls = (certificate: { key: string; cert: string }) => {
    const started = new TlsServer({
      ...certificate,
      minVersion: 'TLSv1.2',
      handshakeTimeout: 10_000,
      ALPNProtocols: ['http/1.1'],
    });
    started.on('secureConnection', (socket) => acceptHttp.call(server, socket));
    started.on('tlsClientError', (_error, socket) => socket.destroy());
    return started;
  };

  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    if (!cap.admits(socket)) return;
    undecided.add(socket);
    const giveUp = () => socket.destroy();
    socket.setTimeout(firstByteTimeoutMs, giveUp);
    socket.on('error', giveUp);
    socket.once('close', () => undecided.delete(socket));
    socket.once('data', (chunk: Buffer) => {
      socket.pause();
      undecided.delete(socket);
      socket.setTimeout(0, giveUp);
      socket.off('timeout', giveUp);
      socket.off('error', giveUp);
      socket.unshift(chunk);
      if (chunk[0] === tlsHandshakeRecord) {
        const certificate = tls();
        if (!certificate) return socket.destroy();
        tlsServer ??= startTls(certificate);
        tlsServer.emit('connection', socket);
      } else {
        acceptHttp.call(server, socket);
      }
      process.nextTick(() => socket.resume());
    });
  });
  const closeIdle = server.closeIdleConnections.bind(server);
  server.closeIdleConnections = () => {
    for (const socket of undecided) socket.destroy();
    closeIdle();
  };
  return Object.assign(server, {
    renewCertificate: () => tlsServer?.setSecureContext(tls() ?? {}),
  });
}

/** Whoever would rather speak something else (`h2c`) is answered in HTTP/1.1, as the standard asks. */
const isSocketUpgrade = ({ headers, url }: IncomingMessage) =>
  headers.upgrade?.toLowerCase() === 'websocket' && url?.startsWith('/socket.io/') === true;
