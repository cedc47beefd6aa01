import type { IncomingMessage } from 'node:http';
import { Server } from 'socket.io';
import type { Config } from '../config.ts';
import { prepareSocketAnswer } from './bare-answers.ts';
import { addressGroup, clientAddress, type ProxyTrust } from './client-address.ts';
import type { FrontDoor } from './front-door.ts';
import { isOwnOrigin } from './origin.ts';
import type { RateLimiter } from './rate-limits.ts';
import { guardSockets } from './socket-gate.ts';
import { isRefusedPlain } from './transport.ts';

const maxFrameBytes = 1_048_576;

/** Socket.IO on the panel's port. Its own `cors` option does not guard WebSocket, so every handshake is checked here. */
export function createSocketServer(
  door: FrontDoor,
  config: Config,
  limiter: RateLimiter,
  isTrusted: ProxyTrust,
): Server {
  const refusalOf = async (request: IncomingMessage): Promise<string | undefined> => {
    if (!door.isOpen) return 'The panel is starting';
    if (isRefusedPlain(request, isTrusted, config.allowPlainHttp)) return 'Use TLS';
    if (!isOwnOrigin(request, isTrusted, config.publicUrl)) return 'The page is of another site';
    try {
      await limiter.take('sockets', addressGroup(clientAddress(request, isTrusted)));
    } catch {
      return 'Too many connections';
    }
    return undefined;
  };
  const io = new Server(door.server, {
    serveClient: false,
    maxHttpBufferSize: maxFrameBytes,
    connectTimeout: 10_000,
    pingInterval: 10_000,
    pingTimeout: 20_000,
    allowRequest: (request, answer) => {
      void refusalOf(request).then((refusal) => answer(refusal, refusal === undefined));
    },
  });
  io.engine.use(prepareSocketAnswer);
  guardSockets(io);
  return io;
}
