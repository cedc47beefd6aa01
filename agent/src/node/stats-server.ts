import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../logger.ts';
import { http } from '../node-http.ts';

interface StatsServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * `http://127.0.0.1:<port>/stats`, for monitoring on the node itself. Null when the port is taken: that must not keep
 * servers from running.
 */
export async function openStatsServer(
  port: number,
  read: () => Promise<unknown>,
  log: Logger,
): Promise<StatsServer | null> {
  const server = http.createServer((request, response) => {
    answer(request, response, read).catch((err) => {
      log.error({ err }, 'The stats could not be read');
      response.writeHead(500).end();
    });
  });
  server.requestTimeout = 5000;
  server.maxConnections = 20;
  return new Promise((resolve) => {
    server.once('error', (err) => {
      log.warn(
        { err, port },
        'The local stats are off: the port cannot be used; set CATALYST_AGENT_STATS_PORT',
      );
      resolve(null);
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address() as { port: number };
      resolve({
        port: address.port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}

async function answer(
  { method, url, headers }: IncomingMessage,
  response: ServerResponse,
  read: () => Promise<unknown>,
): Promise<void> {
  // A web page could otherwise be let in by a name that leads to this machine.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? '')) response.writeHead(403).end();
  else if (url !== '/stats') response.writeHead(404).end();
  else if (method !== 'GET') response.writeHead(405, { allow: 'GET' }).end();
  else {
    const body = JSON.stringify(await read());
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(body);
  }
}
