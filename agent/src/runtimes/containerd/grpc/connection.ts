import { type ClientHttp2Session, connect } from 'node:http2';
import { createConnection, type Socket } from 'node:net';
import { orAborted, timeLimit } from '../../../waiting.ts';
import { ActiveCall } from './active-call.ts';
import { ConnectionError, type ConnectionFailure, GrpcCode, GrpcError } from './grpc-error.ts';
import type { BidiMethod, StreamMethod, UnaryMethod } from './method.ts';

export interface GrpcCallOptions {
  headers?: Readonly<Record<string, string>>;
  /** For the whole call; null for none. Unary calls have a limit when nothing is said, streams have none. */
  timeoutMs?: number | null;
  signal?: AbortSignal;
}

export interface GrpcConnectionOptions {
  socketPath: string;
  /** Of one answer. */
  maxMessageBytes?: number;
  /** What callers see when there was no answer. */
  explain?: (error: ConnectionError) => Error;
}

const unaryTimeoutMs = 30_000;
/** What an answer may send before it is read: files of images come this way. */
const streamWindowBytes = 1 << 20;
const sessionWindowBytes = 4 << 20;

/**
 * gRPC over HTTP/2 on a unix socket. It connects with the first call, and again with the first call after a loss; a
 * call that fails is not repeated. No timer runs while no call does.
 */
export class GrpcConnection {
  readonly #socketPath: string;
  readonly #maxMessageBytes: number;
  readonly #explain: (error: ConnectionError) => Error;
  #session: Promise<ClientHttp2Session> | null = null;
  #isClosed = false;

  constructor({ socketPath, maxMessageBytes = 16 << 20, explain = (error) => error }: GrpcConnectionOptions) {
    this.#socketPath = socketPath;
    this.#maxMessageBytes = maxMessageBytes;
    this.#explain = explain;
  }

  /** Asks and gives the answer. */
  async unary<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    options: GrpcCallOptions = {},
  ): Promise<Response> {
    using call = await this.#open(method, { timeoutMs: unaryTimeoutMs, ...options });
    call.end(request);
    const answer = await call.receive();
    if (answer === undefined || (await call.receive()) !== undefined) {
      throw new GrpcError(GrpcCode.internal, 'There is not exactly one answer');
    }
    return answer;
  }

  /** Asks; resolves with the answers to come, once there is a connection. */
  async stream<Request, Response>(
    method: StreamMethod<Request, Response>,
    request: Request,
    options: GrpcCallOptions = {},
  ): Promise<ActiveCall<Request, Response>> {
    const call = await this.#open(method, options);
    call.end(request);
    return call;
  }

  /** Begins a conversation. */
  bidi<Request, Response>(
    method: BidiMethod<Request, Response>,
    options: GrpcCallOptions = {},
  ): Promise<ActiveCall<Request, Response>> {
    return this.#open(method, options);
  }

  /** Ends all calls; later ones fail. */
  close(): void {
    this.#isClosed = true;
    this.#session?.then(
      (session) => session.destroy(),
      () => {},
    );
    this.#session = null;
  }

  async #open<Request, Response>(
    method: UnaryMethod<Request, Response> | StreamMethod<Request, Response> | BidiMethod<Request, Response>,
    { headers, timeoutMs, signal }: GrpcCallOptions,
  ): Promise<ActiveCall<Request, Response>> {
    const limit = timeoutMs ? limitOf(timeoutMs, this.#explain, signal) : null;
    const stopSignal = limit?.signal ?? signal ?? null;
    try {
      stopSignal?.throwIfAborted();
      const session = await (stopSignal ? orAborted(this.#connected(), stopSignal) : this.#connected());
      const stream = session.request({
        ':method': 'POST',
        ':path': method.path,
        ':scheme': 'http',
        ':authority': 'localhost',
        'content-type': 'application/grpc',
        te: 'trailers',
        ...headers,
      });
      stream.once('close', () => limit?.stop());
      return new ActiveCall(stream, method, {
        maxMessageBytes: this.#maxMessageBytes,
        signal: stopSignal,
        isConnected: () => !session.closed && !session.destroyed,
        explain: this.#explain,
      });
    } catch (error) {
      limit?.stop();
      throw error instanceof ConnectionError ? this.#explain(error) : error;
    }
  }

  async #connected(): Promise<ClientHttp2Session> {
    if (this.#isClosed) throw new ConnectionError('lost', 'The connection was closed');
    if (this.#session) {
      const session = await this.#session;
      if (!session.closed && !session.destroyed) return session;
    }
    const session = this.#connect();
    this.#session = session;
    const forget = () => {
      if (this.#session === session) this.#session = null;
    };
    session.then((connected) => connected.once('close', forget).once('goaway', forget), forget);
    return session;
  }

  async #connect(): Promise<ClientHttp2Session> {
    const socket = await connectSocket(this.#socketPath);
    const session = connect('http://localhost', {
      createConnection: () => socket,
      // Go's servers name no limit, and then the default of 100 would hold: one waiting call per server is more.
      peerMaxConcurrentStreams: 0xffff_ffff,
      maxSessionMemory: 64,
      settings: { enablePush: false, initialWindowSize: streamWindowBytes },
    });
    // The calls of the session tell.
    session.on('error', () => {});
    session.once('connect', () => session.setLocalWindowSize(sessionWindowBytes));
    if (this.#isClosed) session.destroy();
    return session;
  }
}

function limitOf(timeoutMs: number, explain: (error: ConnectionError) => Error, signal?: AbortSignal) {
  const late = explain(
    new ConnectionError('not_answering', `There was no answer within ${timeoutMs / 1000} s`),
  );
  return signal ? timeLimit(timeoutMs, late, signal) : timeLimit(timeoutMs, late);
}

function connectSocket(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path });
    socket.once('error', (cause: NodeJS.ErrnoException) => {
      reject(new ConnectionError(failureOf(cause.code), cause.message, { cause }));
    });
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

function failureOf(code: string | undefined): ConnectionFailure {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'socket_missing';
  if (code === 'EACCES' || code === 'EPERM') return 'permission_denied';
  // The queue of those who wait to be let in is full.
  if (code === 'EAGAIN') return 'not_answering';
  return 'not_listening';
}
