import type { ClientRequestArgs, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { AppError } from '@catalyst/shared/contract/errors';
import { isLoopbackHost, type LinkState } from '@catalyst/shared/features/agent-link';
import { tlsKeyHash } from '@catalyst/shared/node/key-fingerprint';
import { http } from '../node-http.ts';

type WhenConnected = (error: Error | null, socket?: Duplex) => void;

/** Opens connections to the panel for HTTP and for the socket: nothing is sent to a panel with another TLS key. */
export interface PanelTransport {
  readonly agent: HttpAgent | HttpsAgent;
  /** Why the last connection was not made, when the panel is not who it must be. */
  readonly refusal: AppError | null;
  /** Bytes that wait because the panel (or the network) does not take them. */
  readonly queuedBytes: number;
  /** Calls back whenever everything that waited is gone. */
  onDrain(listener: () => void): void;
  /** Ends all connections at once. */
  cut(): void;
}

export function openTransport({ panelUrl, tlsPin }: Pick<LinkState, 'panelUrl' | 'tlsPin'>): PanelTransport {
  const url = new URL(panelUrl);
  const isTls = url.protocol === 'https:';
  if (!isTls && !isLoopbackHost(url.hostname)) {
    throw new AppError(
      'forbidden',
      `The panel at ${url.host} must be reached by https: it is not on this machine`,
    );
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || (isTls ? 443 : 80));
  const sockets = new Set<Socket>();
  const drained = new Set<() => void>();
  let refusal: AppError | null = null;

  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on('drain', () => {
      for (const listener of drained) listener();
    });
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  const connect = isTls
    ? (_options: ClientRequestArgs, whenConnected?: WhenConnected) => {
        const socket = connectTls({
          host,
          port,
          servername: isIP(host) === 0 ? host : undefined,
          ALPNProtocols: ['http/1.1'],
          // A pinned key stands above any authority; without a pin the authorities decide.
          rejectUnauthorized: tlsPin === null,
          ...(tlsPin !== null && { ca: [] }),
        });
        track(socket);
        socket.once('error', (error) => whenConnected?.(error));
        socket.once('secureConnect', () => {
          if (tlsPin === null || pinOf(socket) === tlsPin) return whenConnected?.(null, socket);
          refusal = new AppError(
            'unauthenticated',
            `The panel at ${url.host} shows another TLS key than the one this agent was linked with. Nothing was sent to it.`,
          );
          socket.destroy();
          whenConnected?.(refusal);
        });
        return undefined;
      }
    : () => track(connectTcp({ host, port, noDelay: true }));

  const agent = isTls ? new HttpsAgent() : new http.Agent();
  // Called by Node for every connection this agent needs; in its types only since later versions.
  Object.assign(agent, { createConnection: connect });
  return {
    agent,
    get refusal() {
      return refusal;
    },
    get queuedBytes() {
      let bytes = 0;
      for (const socket of sockets) bytes += socket.writableLength;
      return bytes;
    },
    onDrain: (listener) => void drained.add(listener),
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** SHA-256 of the certificate's public key (DER), in base64url. */
function pinOf(socket: TLSSocket): string | null {
  const certificate = socket.getPeerX509Certificate();
  return certificate ? tlsKeyHash(certificate.publicKey, 'base64url') : null;
}
