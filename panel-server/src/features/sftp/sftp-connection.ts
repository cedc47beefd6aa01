import type { Socket } from 'node:net';
import type { ErrorCode } from '@catalyst/shared/contract/errors';
import type { Authentication, Channel, Connection, Session } from 'ssh2';
import type { Logger } from '../../logger.ts';
import { TokenBucket } from '../../token-bucket.ts';
import { type AuditService, actorOf } from '../audit/audit.service.ts';
import { isSignatureRight } from './key-signature.ts';
import { parseUserName, type SftpLogin, type SftpSignIn } from './sftp-sign-in.ts';

const mostAttempts = 8;
const mostSessions = 10;
/** Closed before they were SFTP: the library keeps something of each as long as the connection lasts. */
const mostVainSessions = 100;
/** More than a client sends that keeps to its window. */
const mostUnreadBytes = 4 * 1024 * 1024;
/** More than all sessions together write for a client that takes its answers. */
const mostUnsentBytes = 24 * 1024 * 1024;
const mostUnsentBytesToStrangers = 256 * 1024;
/** Whoever has no session open for so long is not there. */
const idleMs = 3_600_000;
/** How long a client has to take the goodbye. */
const goodbyeMs = 1000;
const methods = ['publickey', 'password'];

export interface ConnectionParts {
  signIn: SftpSignIn;
  audit: AuditService;
  log: Logger;
  /** Whether this account may have one connection more. */
  mayOpen(login: SftpLogin): boolean;
  /** Somebody is in; `serve` is called for each of his sessions. */
  entered(connection: SftpConnection): void;
  /** The signal is aborted when the client closes the channel, or the connection is closed. */
  serve(connection: SftpConnection, channel: Channel, signal: AbortSignal): Promise<void>;
}

/** One SSH connection: who it is, and then SFTP sessions and nothing else. */
export class SftpConnection {
  readonly ip: string;
  readonly socket: Socket;
  /** Aborted when it is closed. */
  readonly closed = new AbortController();
  /** Of what is written down: one client cannot fill the record. */
  readonly pace = new TokenBucket({ capacity: 2000, perSecond: 1000 });
  readonly #client: Connection;
  readonly #parts: ConnectionParts;
  #login: SftpLogin | undefined;
  #attempts = 0;
  #sessions = 0;
  #vainSessions = 0;
  #idle: NodeJS.Timeout | undefined;
  readonly #channels = new Set<Channel>();
  /** Who offered keys in vain, and nothing that was right. */
  #refusedKeysOf: string | undefined;

  constructor(client: Connection, socket: Socket, ip: string, parts: ConnectionParts) {
    this.ip = ip;
    this.socket = socket;
    this.#client = client;
    this.#parts = parts;
    client.on('error', (err) => parts.log.debug({ err, ip }, 'An SSH connection failed'));
    client.on('close', () => this.#gone());
    client.on('authentication', (context) => void this.#authenticate(context));
    client.on('session', (accept, reject) => {
      const isFull = this.#sessions >= mostSessions || this.#vainSessions >= mostVainSessions;
      if (!this.#login || isFull || this.closed.signal.aborted) reject();
      else this.#open(accept);
    });
    // After the library, whose listener was there before.
    socket.on('data', () => this.#endIfFlooded());
  }

  get login(): SftpLogin {
    if (!this.#login) throw new Error('Nobody is signed in');
    return this.#login;
  }

  /** At once, with all that is open. */
  end(): void {
    this.#client.end();
    this.socket.destroySoon();
    setTimeout(() => this.socket.destroy(), goodbyeMs).unref();
    this.closed.abort();
  }

  /** The library answers and keeps whatever comes, be it read or not. */
  #endIfFlooded(): void {
    const mostUnsent = this.#login ? mostUnsentBytes : mostUnsentBytesToStrangers;
    const isFlooded =
      this.socket.writableLength > mostUnsent ||
      [...this.#channels].some(
        ({ incoming, readableLength }) => incoming.window < 0 || readableLength > mostUnreadBytes,
      );
    if (!isFlooded || this.socket.destroyed) return;
    this.#parts.log.info({ ip: this.ip }, 'An SSH client sent more than it may and was cut off');
    this.socket.destroy();
    this.closed.abort();
  }

  async #authenticate(context: Authentication): Promise<void> {
    try {
      if (context.method === 'none') return context.reject(methods);
      this.#attempts += 1;
      if (this.#attempts > mostAttempts) return this.end();
      if (context.method === 'publickey' && !context.signature) return await this.#offer(context);
      const login = await this.#check(context);
      if (!login || !this.#parts.mayOpen(login)) return context.reject(methods);
      if (this.closed.signal.aborted) return;
      this.#login = login;
      this.#refusedKeysOf = undefined;
      this.#parts.entered(this);
      this.#waitForSession();
      // From here on it hears what is revoked; what was revoked while it was checked, it has missed.
      if (!(await this.#parts.signIn.isStillGood(login))) return this.end();
      context.accept();
    } catch (err) {
      // Too many failures; or the panel cannot tell at the moment.
      this.#parts.log.debug({ err, ip: this.ip }, 'A sign-in by SFTP was turned away');
      this.end();
    }
  }

  /** A key that is not known is no attempt yet: clients offer all they have. */
  async #offer(context: Authentication & { method: 'publickey' }): Promise<void> {
    const { username, key } = context;
    if (await this.#parts.signIn.knowsKey(username, key.data)) return context.accept();
    this.#refusedKeysOf = username;
    context.reject(methods);
  }

  async #check(context: Authentication): Promise<SftpLogin | undefined> {
    const { signIn } = this.#parts;
    const { username } = context;
    let login: SftpLogin | undefined;
    if (context.method === 'password') login = await signIn.byPassword(username, context.password, this.ip);
    else if (context.method === 'publickey') {
      const isSigned = await isSignatureRight(context);
      login = await signIn.bySshKey(username, context.key.data, () => isSigned, this.ip);
    } else return undefined;
    const isOneTooMany = login !== undefined && !this.#parts.mayOpen(login);
    await this.#record(username, context.method, login, isOneTooMany ? 'limit_reached' : undefined);
    return isOneTooMany ? undefined : login;
  }

  async #record(
    user: string,
    method: string,
    login: SftpLogin | undefined,
    refusal: ErrorCode | undefined,
  ): Promise<void> {
    const { serverId } = parseUserName(user);
    await this.#parts.audit.record({
      action: 'sftp.sign-in',
      outcome: login && !refusal ? 'success' : 'failure',
      actor: login ? actorOf(login.caller) : { kind: 'anonymous' },
      ...(login && serverId !== undefined && { serverId, target: { kind: 'server', id: serverId } }),
      ip: this.ip,
      errorCode: login ? refusal : 'invalid_credentials',
      details: { user: user.slice(0, 200), by: login?.by ?? method },
    });
  }

  #open(accept: () => Session): void {
    const session = accept();
    this.#sessions += 1;
    clearTimeout(this.#idle);
    const left = new AbortController();
    let channel: Channel | undefined;
    let served: Promise<void> | undefined;
    session.on('close', () => {
      if (channel) this.#channels.delete(channel);
      else this.#vainSessions += 1;
      left.abort();
      void Promise.resolve(served).finally(() => {
        this.#sessions -= 1;
        if (this.#sessions === 0) this.#waitForSession();
      });
    });
    session.on('subsystem', (acceptSubsystem, reject, { name }) => {
      const opened = name === 'sftp' ? acceptSubsystem() : undefined;
      if (!opened) return reject?.();
      channel = opened;
      channel.on('error', (err) => this.#parts.log.debug({ err }, 'An SFTP channel failed'));
      this.#channels.add(channel);
      served = this.#parts.serve(this, channel, AbortSignal.any([left.signal, this.closed.signal]));
    });
  }

  #waitForSession(): void {
    clearTimeout(this.#idle);
    if (this.closed.signal.aborted) return;
    this.#idle = setTimeout(() => this.end(), idleMs).unref();
  }

  #gone(): void {
    clearTimeout(this.#idle);
    this.closed.abort();
    const user = this.#refusedKeysOf;
    if (user === undefined) return;
    this.#parts.signIn.countRefusedKeys(user, this.ip).catch(() => {});
  }
}
