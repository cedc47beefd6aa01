import { type ClientHttp2Stream, constants, type IncomingHttpHeaders } from 'node:http2';
import { FrameReader, toFrame } from './frames.ts';
import { ConnectionError, GrpcCode, GrpcError } from './grpc-error.ts';
import type { Message } from './message.ts';

export interface CallContext {
  maxMessageBytes: number;
  /** Ends the call with its reason. */
  signal: AbortSignal | null;
  /** Whether the connection still stands. */
  isConnected(): boolean;
  /** What the caller sees of an error of the connection. */
  explain(error: ConnectionError): Error;
}

/**
 * A call in progress. Whoever has it either reads to its end or cancels it (`using` does). Errors come from `receive`:
 * the other side's as GrpcError, the signal's own reason, or what `explain` makes of a connection error.
 */
export class ActiveCall<Request, Response> implements AsyncIterable<Response>, Disposable {
  readonly #stream: ClientHttp2Stream;
  readonly #request: Message<unknown, Request>;
  readonly #response: Message<Response, never>;
  readonly #context: CallContext;
  readonly #closed = Promise.withResolvers<void>();
  readonly #messages: AsyncGenerator<Uint8Array>;
  /** Undefined while nobody knows; null when all went well. */
  #outcome: { error: unknown } | null | undefined;

  constructor(
    stream: ClientHttp2Stream,
    codec: { request: Message<unknown, Request>; response: Message<Response, never> },
    context: CallContext,
  ) {
    this.#stream = stream;
    this.#request = codec.request;
    this.#response = codec.response;
    this.#context = context;
    this.#messages = this.#readMessages();
    const abort = () => this.#stop(context.signal?.reason);
    stream.on('response', (headers, flags) => this.#onResponse(headers, flags));
    stream.on('trailers', (trailers) => this.#settle(toOutcome(trailers)));
    // What it means is seen at 'close'.
    stream.on('error', () => {});
    stream.once('close', () => {
      context.signal?.removeEventListener('abort', abort);
      this.#settle({ error: this.#lossOf(stream.rstCode) });
      this.#closed.resolve();
    });
    if (context.signal?.aborted) abort();
    else context.signal?.addEventListener('abort', abort, { once: true });
  }

  /** Resolves when the message is on its way, which waits for a slow reader; rejects with the call's end when it is over. */
  async send(request: Request): Promise<void> {
    const frame = toFrame(this.#request.encode(request));
    const written = await new Promise<boolean>((resolve) => {
      if (this.#stream.destroyed || this.#stream.writableEnded) return resolve(false);
      // A write that is pending when the stream is reset may never be told.
      const onClose = () => resolve(false);
      this.#stream.once('close', onClose);
      this.#stream.write(frame, (error) => {
        this.#stream.off('close', onClose);
        resolve(!error);
      });
    });
    if (written) return;
    await this.#closed.promise;
    if (this.#outcome) throw this.#outcome.error;
    throw new GrpcError(GrpcCode.cancelled, 'The call is over');
  }

  /** Nothing more will be sent, after this message if one is given. */
  end(last?: Request): void {
    if (last === undefined) this.#stream.end();
    else this.#stream.end(toFrame(this.#request.encode(last)));
  }

  /** The next message, or undefined when the other side has ended well. */
  async receive(): Promise<Response | undefined> {
    const { value, done } = await this.#messages.next();
    if (done) return undefined;
    try {
      return this.#response.decode(value);
    } catch (cause) {
      const error = new GrpcError(GrpcCode.internal, 'The answer cannot be read', { cause });
      this.#stop(error);
      throw error;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Response> {
    try {
      for (;;) {
        const message = await this.receive();
        if (message === undefined) return;
        yield message;
      }
    } finally {
      this.cancel();
    }
  }

  /** Ends it now, for both sides. Does nothing when it is over. */
  cancel(): void {
    this.#stop(new GrpcError(GrpcCode.cancelled, 'The call was cancelled'));
  }

  [Symbol.dispose](): void {
    this.cancel();
  }

  async *#readMessages(): AsyncGenerator<Uint8Array> {
    const frames = new FrameReader(this.#context.maxMessageBytes);
    try {
      for await (const chunk of this.#stream.iterator({ destroyOnReturn: false })) yield* frames.push(chunk);
    } catch (error) {
      if (error instanceof GrpcError) this.#stop(error);
    }
    // The other side has ended; what it did not read of ours is of no use any more.
    if (this.#stream.writableLength > 0) this.#stream.close(constants.NGHTTP2_CANCEL);
    else this.#stream.end();
    await this.#closed.promise;
    if (this.#outcome) throw this.#outcome.error;
    frames.end();
  }

  #onResponse(headers: IncomingHttpHeaders, flags: number): void {
    const isGrpc = headers['content-type']?.startsWith('application/grpc');
    if (Number(headers[':status']) !== 200 || !isGrpc) {
      this.#stop(new GrpcError(GrpcCode.unknown, `Not an answer of gRPC (HTTP ${headers[':status']})`));
    } else if (flags & constants.NGHTTP2_FLAG_END_STREAM) this.#settle(toOutcome(headers));
  }

  #stop(error: unknown): void {
    if (this.#stream.destroyed) return;
    this.#settle({ error });
    this.#stream.close(constants.NGHTTP2_CANCEL);
    this.#stream.destroy();
  }

  /** The first to know is right: what follows an end is only its consequence. */
  #settle(outcome: { error: unknown } | null): void {
    if (this.#outcome !== undefined) return;
    const explained =
      outcome?.error instanceof ConnectionError ? { error: this.#context.explain(outcome.error) } : outcome;
    this.#outcome = explained;
  }

  #lossOf(resetCode: number | undefined): GrpcError {
    // An end without a status is how the end of a connection can look, too.
    const isEnd = resetCode === constants.NGHTTP2_NO_ERROR || resetCode === constants.NGHTTP2_REFUSED_STREAM;
    if (isEnd || !this.#context.isConnected()) {
      return new ConnectionError('lost', 'The connection ended before the answer');
    }
    if (resetCode === constants.NGHTTP2_CANCEL) {
      return new GrpcError(GrpcCode.cancelled, 'The other side cancelled the call');
    }
    if (resetCode === constants.NGHTTP2_ENHANCE_YOUR_CALM) {
      return new GrpcError(GrpcCode.resourceExhausted, 'The other side refuses so many calls');
    }
    return new GrpcError(GrpcCode.internal, `The answer has no status (HTTP/2 code ${resetCode ?? 0})`);
  }
}

function toOutcome(headers: IncomingHttpHeaders): { error: GrpcError } | null {
  const status = headers['grpc-status'];
  if (status === '0') return null;
  const code = Number(status);
  if (!status || !isGrpcCode(code)) {
    return { error: new GrpcError(GrpcCode.unknown, 'The answer has no status of gRPC') };
  }
  return { error: new GrpcError(code, decodeText(String(headers['grpc-message'] ?? ''))) };
}

function isGrpcCode(code: number): code is GrpcCode {
  return (Object.values(GrpcCode) as number[]).includes(code);
}

/** Percent-encoded UTF-8, if it is what the protocol says; shown as it came otherwise. */
function decodeText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
