import type { Message } from './message.ts';

interface MethodOf<Kind extends string, RequestIn, Request, Response, ResponseIn> {
  readonly kind: Kind;
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly request: Message<Request, RequestIn>;
  readonly response: Message<Response, ResponseIn>;
}

/** One question, one answer. */
export type UnaryMethod<RequestIn, Response> = MethodOf<'unary', RequestIn, unknown, Response, never>;
/** One question, any number of answers. */
export type StreamMethod<RequestIn, Response> = MethodOf<'stream', RequestIn, unknown, Response, never>;
/** Messages both ways. */
export type BidiMethod<RequestIn, Response> = MethodOf<'bidi', RequestIn, unknown, Response, never>;

/** The methods of one gRPC service, by its full name. */
export function service(name: string) {
  const define =
    <Kind extends string>(kind: Kind) =>
    <RequestIn, Request, Response, ResponseIn>(
      method: string,
      request: Message<Request, RequestIn>,
      response: Message<Response, ResponseIn>,
    ): MethodOf<Kind, RequestIn, Request, Response, ResponseIn> => ({
      kind,
      path: `/${name}/${method}`,
      request,
      response,
    });
  return { unary: define('unary'), stream: define('stream'), bidi: define('bidi') };
}
