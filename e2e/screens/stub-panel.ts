import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { announce, answerCalls, type CallHandlers } from '@catalyst/shared/contract/rpc';
import { clientCalls, clientEvents } from '@catalyst/shared/realtime';
import { Server as SocketServer } from 'socket.io';
import { type Answers, answerRequest } from './stub-routes.ts';

const builtInterface = fileURLToPath(new URL('../../desktop/dist/renderer', import.meta.url));

type Events = typeof clientEvents;
type Tell = <Name extends keyof Events & string>(
  name: Name,
  payload: Parameters<typeof announce<Events, Name>>[3],
) => void;

export interface StubPanel extends AsyncDisposable {
  url: string;
  /** Tells every connected browser something. */
  tell: Tell;
  /** What is answered from now on; tests change single entries. */
  answers: Answers;
  /** Refuses connections and ends those there are, until told otherwise. */
  setReachable(isReachable: boolean): void;
  close(): Promise<void>;
}

/** As the panel sends them. */
const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
};
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Read once, so that a build meanwhile changes nothing for the tests that run. */
const interfaceFiles = new Map(
  existsSync(builtInterface)
    ? readdirSync(builtInterface, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path) => [`/${relative(builtInterface, path).split(sep).join('/')}`, readFileSync(path)])
    : [],
);

/** A file of the built interface by its path in the URL; undefined when there is none. */
export const interfaceFile = (path: string): Buffer | undefined => interfaceFiles.get(path);

/** Serves the built interface and answers it from a table, through the schemas of the contract. */
export async function startStubPanel(options: {
  answers: Answers;
  calls: (tell: Tell) => Partial<CallHandlers<typeof clientCalls>>;
  onConnect?: (tell: Tell) => void;
  /** That of one before it, for a browser to know the interface again; any free one without it. */
  port?: number;
}): Promise<StubPanel> {
  const answers = { ...options.answers };
  let isReachable = true;
  const http = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const path = new URL(request.url ?? '/', 'http://stub').pathname;
    if (path.startsWith('/api/')) {
      if (isReachable) void answerRequest(request, response, answers);
      else request.socket.destroy();
      return;
    }
    const file = extname(path) ? path : '/index.html';
    const content = interfaceFiles.get(file);
    if (!content) return void response.writeHead(404).end();
    response.writeHead(200, {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
      ...(file.startsWith('/assets/') && { 'cache-control': 'public, max-age=31536000, immutable' }),
    });
    response.end(content);
  });
  const io = new SocketServer(http, { transports: ['websocket'], pingInterval: 60_000 });
  io.use((_, next) => (isReachable ? next() : next(new Error('unreachable'))));
  const tell: Tell = (name, payload) => announce(io, clientEvents, name, payload);
  const refuse = () => {
    throw new Error('Nobody told the stub how to answer this');
  };
  io.on('connection', (socket) => {
    const handlers = Object.fromEntries(Object.keys(clientCalls).map((name) => [name, refuse]));
    answerCalls(socket, clientCalls, { ...handlers, ...options.calls(tell) } as CallHandlers<
      typeof clientCalls
    >);
    options.onConnect?.(tell);
  });
  await new Promise<void>((resolve) => http.listen(options.port ?? 0, '127.0.0.1', resolve));
  const close = async () => {
    const closed = io.close();
    // Also those a browser opened in advance and asked nothing over, which would be waited for.
    http.closeAllConnections();
    await closed;
  };
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    tell,
    answers,
    setReachable(reachable) {
      isReachable = reachable;
      if (!reachable) io.disconnectSockets(true);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
