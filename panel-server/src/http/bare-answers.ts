import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { AppError } from '@catalyst/shared/contract/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bodyDeadline } from './body-deadline.ts';
import { answerError } from './error-handler.ts';

/** For answers that are given before, or beside, the hooks that see to all others. */
export const bareHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const notUnderstood = () =>
  JSON.stringify(new AppError('bad_request', 'The request cannot be understood').toBody('none'));

/** An address that no router can read. */
export function answerUnroutable(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  bodyDeadline(request.raw);
  reply.headers(bareHeaders);
  answerError(error, request, reply);
}

/** Bytes that are not HTTP. */
export function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const body = notUnderstood();
  const headers = Object.entries({ ...ownHeaders(body), ...bareHeaders });
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(`HTTP/1.1 400 Bad Request\r\n${lines}\r\n${body}`);
}

/** `Expect:` something that is not `100-continue`. */
export function answerUnexpected(_request: IncomingMessage, response: ServerResponse): void {
  const body = notUnderstood();
  response.writeHead(417, { ...ownHeaders(body), ...bareHeaders }).end(body);
}

/** The panel is not there yet. */
export function answerStarting({ url, method, headers }: IncomingMessage, response: ServerResponse): void {
  const retryAfterSeconds = 2;
  const error = new AppError('unavailable', 'The panel is starting', { retryAfterSeconds });
  const isHealth = url?.replace(/\?.*$/, '') === '/health';
  // A client of resumable uploads would begin a new one after 503.
  const isUpload = method === 'HEAD' && headers['tus-resumable'] !== undefined;
  const body = JSON.stringify({ ...(isHealth && { status: 'starting' }), ...error.toBody('none') });
  response
    .writeHead(isUpload ? 423 : 503, {
      ...ownHeaders(body),
      ...bareHeaders,
      'retry-after': String(retryAfterSeconds),
    })
    .end(body);
}

/** Socket.IO answers its own requests. */
export function prepareSocketAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
): void {
  // What becomes a WebSocket has no answer of this kind, and no body.
  if (response instanceof ServerResponse) {
    bodyDeadline(request);
    response.setHeaders(new Map(Object.entries(bareHeaders)));
  }
  next();
}

const ownHeaders = (body: string) => ({
  connection: 'close',
  'content-length': Buffer.byteLength(body),
  'content-type': 'application/json; charset=utf-8',
});
