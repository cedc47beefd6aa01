import { createServer, type Server, type Socket } from 'node:net';
import { isLoopback, plainAddress } from '../../http/client-address.ts';
import { ConnectionCap } from '../../http/connection-cap.ts';
import type { Logger } from '../../logger.ts';
import { algorithms } from './algorithms.ts';
import type { HostKey } from './host-key.ts';
import { type ConnectionParts, SftpConnection } from './sftp-connection.ts';
import type { SftpLogin } from './sftp-sign-in.ts';

const longestTimerMs = 2 ** 31 - 1;
/** From the first byte until somebody is signed in. */
const signInMs = 20_000;
const maxPerAddress = 40;
const maxPerUser = 30;
const maxConnections = 500;
/** Not yet signed in, all together and of one address. */
const maxStrangers = 100;

interface SftpServerParts extends Omit<ConnectionParts, 'mayOpen' | 'entered'> {
  hostKey(): Promise<HostKey>;
  log: Logger;
}

type Injector = (socket: Socket) => void;

/** Listens for SSH. Each connection is counted and has its time to sign in before the library sees anything of it. */
export class SftpServer {
  readonly #parts: SftpServerParts;
  readonly #server: Server;
  readonly #cap = new ConnectionCap((address) => (isLoopback(address) ? maxConnections : maxPerAddress));
  readonly #sockets = new Set<Socket>();
  readonly #strangers = new Map<string, { socket: Socket; timer: NodeJS.Timeout }>();
  readonly #entered = new Set<SftpConnection>();
  #injector: Promise<Injector> | undefined;
  #problem: string | null = 'SFTP has not begun yet';

  constructor(parts: SftpServerParts) {
    this.#parts = parts;
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  get port(): number | null {
    const address = this.#server.address();
    return address && typeof address === 'object' ? address.port : null;
  }

  /** Why there is no port; null when there is one. */
  get problem(): string | null {
    return this.#problem;
  }

  get connections(): Iterable<SftpConnection> {
    return this.#entered;
  }

  /** Resolves also when it cannot: the panel goes on without. */
  listen(port: number, host: string): Promise<void> {
    const { log } = this.#parts;
    return new Promise((resolve) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        this.#problem =
          error.code === 'EADDRINUSE'
            ? `Port ${port} is in use by another program; set CATALYST_SFTP_PORT to a free one`
            : `Port ${port} cannot be used for SFTP: ${error.message}`;
        log.error({ port, host, reason: this.#problem }, 'The panel runs without SFTP');
        resolve();
      });
      this.#server.listen(port, host, () => {
        this.#problem = null;
        this.#server.on('error', (err) => log.error({ err }, 'SFTP accepts no connections'));
        log.info({ port: this.port, host }, 'SFTP is ready');
        resolve();
      });
    });
  }

  async close(): Promise<void> {
    this.#problem = 'SFTP has ended';
    const closed = this.#server.listening
      ? new Promise((resolve) => this.#server.close(resolve))
      : Promise.resolve();
    for (const connection of this.#entered) connection.end();
    for (const socket of this.#sockets) socket.destroySoon();
    const cut = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, 1000);
    await closed;
    clearTimeout(cut);
  }

  #accept(socket: Socket): void {
    socket.on('error', () => {});
    if (this.#sockets.size >= maxConnections || this.#strangers.size >= maxStrangers) {
      socket.destroy();
      return;
    }
    if (!this.#cap.admits(socket)) return;
    const place = placeOf(socket.remoteAddress, socket.remotePort);
    const timer = setTimeout(() => socket.destroy(), signInMs);
    this.#sockets.add(socket);
    this.#strangers.set(place, { socket, timer });
    socket.once('close', () => {
      clearTimeout(timer);
      this.#sockets.delete(socket);
      this.#strangers.delete(place);
    });
    this.#injector ??= this.#load();
    this.#injector.then(
      (inject) => {
        if (!socket.destroyed) inject(socket);
      },
      (err: unknown) => {
        this.#injector = undefined;
        this.#parts.log.error({ err }, 'SFTP cannot begin');
        socket.destroy();
      },
    );
  }

  /** With the first connection: until then the library takes no memory. */
  async #load(): Promise<Injector> {
    const { default: ssh2 } = await import('ssh2');
    const { privateKey } = await this.#parts.hostKey();
    const server = new ssh2.Server({ hostKeys: [privateKey], ident: 'Catalyst', algorithms });
    server.on('connection', (client, { ip, port }) => {
      const stranger = this.#strangers.get(placeOf(ip, port));
      if (!stranger) {
        client.on('error', () => {});
        client.end();
        return;
      }
      const connection = new SftpConnection(client, stranger.socket, plainAddress(ip), {
        ...this.#parts,
        mayOpen: (login) => this.#countOf(login) < maxPerUser,
        entered: () => this.#enter(connection, stranger),
      });
    });
    return (socket) => server.injectSocket(socket);
  }

  #enter(connection: SftpConnection, { socket, timer }: { socket: Socket; timer: NodeJS.Timeout }): void {
    clearTimeout(timer);
    this.#strangers.delete(placeOf(socket.remoteAddress, socket.remotePort));
    this.#entered.add(connection);
    const { sessionExpiresAt } = connection.login.caller;
    const leftMs = () => Math.max(0, sessionExpiresAt.getTime() - Date.now());
    const look = () => {
      if (leftMs() > 0) expiry = setTimeout(look, Math.min(leftMs(), longestTimerMs)).unref();
      else connection.end();
    };
    let expiry = setTimeout(look, Math.min(leftMs(), longestTimerMs)).unref();
    connection.closed.signal.addEventListener('abort', () => {
      clearTimeout(expiry);
      this.#entered.delete(connection);
    });
  }

  #countOf({ caller }: SftpLogin): number {
    return [...this.#entered].filter(({ login }) => login.caller.userId === caller.userId).length;
  }
}

const placeOf = (address: string | undefined, port: number | undefined) => `${address} ${port}`;
