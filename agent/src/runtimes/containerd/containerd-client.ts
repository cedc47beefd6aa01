import { AppError } from '@catalyst/shared/contract/errors';
import { pause } from '../../waiting.ts';
import { versionApi } from './api/version.ts';
import { isSupportedContainerd } from './containerd-version.ts';
import type { ActiveCall } from './grpc/active-call.ts';
import { GrpcConnection } from './grpc/connection.ts';
import type { ConnectionError, ConnectionFailure } from './grpc/grpc-error.ts';
import type { BidiMethod, StreamMethod, UnaryMethod } from './grpc/method.ts';

export interface ContainerdOptions {
  socketPath: string;
  /** Whose containers, images and leases are meant. */
  namespace: string;
}

export interface CallOptions {
  /** What the call makes is kept under this lease. */
  lease?: string;
  /** For the whole call; null for none. 30 s for a unary call, none for a stream when nothing is said. */
  timeoutMs?: number | null;
  signal?: AbortSignal;
}

/** containerd could not be asked, or is none we know how to ask. What it answered itself is a GrpcError. */
export class ContainerdUnavailable extends AppError {
  readonly reason: ConnectionFailure | 'unsupported_version';

  constructor(reason: ConnectionFailure | 'unsupported_version', message: string, cause?: unknown) {
    super('unavailable', message, { cause });
    this.reason = reason;
  }
}

const versionTimeoutMs = 5_000;
const firstRetryMs = 50;
const slowestRetryMs = 2_000;

/**
 * Asks containerd. Connects with the first call and again after a loss. Calls reject with a GrpcError that containerd
 * answered, with ContainerdUnavailable, or with the reason of the signal.
 */
export class ContainerdClient implements Disposable {
  readonly socketPath: string;
  readonly namespace: string;
  readonly #connection: GrpcConnection;

  constructor({ socketPath, namespace }: ContainerdOptions) {
    this.socketPath = socketPath;
    this.namespace = namespace;
    this.#connection = new GrpcConnection({ socketPath, explain: (error) => explain(error, socketPath) });
  }

  /** One question, one answer. */
  call<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    options: CallOptions = {},
  ): Promise<Response> {
    return this.#connection.unary(method, request, this.#withHeaders(options));
  }

  /** One question, many answers; resolves when it is asked. To be read to the end or cancelled. */
  stream<Request, Response>(
    method: StreamMethod<Request, Response>,
    request: Request,
    options: CallOptions = {},
  ): Promise<ActiveCall<Request, Response>> {
    return this.#connection.stream(method, request, this.#withHeaders(options));
  }

  /** Questions and answers in turn. To be read to the end or cancelled. */
  bidi<Request, Response>(
    method: BidiMethod<Request, Response>,
    options: CallOptions = {},
  ): Promise<ActiveCall<Request, Response>> {
    return this.#connection.bidi(method, this.#withHeaders(options));
  }

  /** Which containerd it is; throws ContainerdUnavailable when it does not answer, or is none that we know. */
  async version(signal?: AbortSignal): Promise<string> {
    const { version } = await this.call(versionApi.version, {}, { timeoutMs: versionTimeoutMs, signal });
    if (isSupportedContainerd(version)) return version;
    const sentence = `This machine has containerd ${version}; Catalyst works with 1.6, 1.7 and 2.x. Install one of these.`;
    throw new ContainerdUnavailable('unsupported_version', sentence);
  }

  /** Resolves with the version as soon as containerd answers; tries again for as long as it takes. */
  async whenAvailable(signal: AbortSignal): Promise<string> {
    for (let waitMs = firstRetryMs; ; waitMs = Math.min(waitMs * 2, slowestRetryMs)) {
      try {
        return await this.version(signal);
      } catch (error) {
        if (!(error instanceof ContainerdUnavailable) || error.reason === 'unsupported_version') throw error;
      }
      await pause(waitMs, signal);
    }
  }

  /** Ends all calls; later ones fail. */
  close(): void {
    this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #withHeaders({ lease, timeoutMs, signal }: CallOptions) {
    const headers: Record<string, string> = { 'containerd-namespace': this.namespace };
    if (lease !== undefined) headers['containerd-lease'] = lease;
    return { headers, signal, ...(timeoutMs !== undefined && { timeoutMs }) };
  }
}

function explain(error: ConnectionError, socketPath: string): ContainerdUnavailable {
  const sentences: Record<ConnectionFailure, string> = {
    socket_missing: `containerd is not running: there is no socket at ${socketPath}.`,
    permission_denied: `The agent's user may not use containerd's socket ${socketPath}. Run the agent as root.`,
    not_listening: `containerd is not running: nobody listens on its socket ${socketPath}.`,
    lost: 'The connection to containerd ended before it answered; containerd may have been restarted.',
    not_answering: `containerd does not answer on ${socketPath}. ${error.message}.`,
  };
  return new ContainerdUnavailable(error.reason, sentences[error.reason], error);
}
