import { AppError } from '@catalyst/shared/contract/errors';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { isDatabaseAway, isDiskFull } from '../database/database-errors.ts';

/** Fastify's error handler. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  reply.send(errorAnswer(error, request, reply));
}

/** The one place where an error becomes an answer: sets status and headers, logs what is our fault, gives the body. */
export function errorAnswer(error: unknown, request: FastifyRequest, reply: FastifyReply): string {
  const known = toAppError(error);
  const answer = known ?? new AppError('internal', 'Something went wrong in the panel; its log says what');
  if (answer.status >= 500) {
    request.log.error(
      { err: error, requestId: request.id, route: request.routeOptions.url },
      'Request failed',
    );
  }
  if (answer.retryAfterSeconds !== undefined) reply.header('retry-after', answer.retryAfterSeconds);
  reply.code(answer.status).type('application/json; charset=utf-8');
  return JSON.stringify(answer.toBody(request.id));
}

function toAppError(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error;
  if (isDiskFull(error)) return new AppError('disk_full', "The panel's disk is full");
  if (isDatabaseAway(error)) {
    return new AppError('unavailable', 'The database does not answer. Try again in a moment', {
      retryAfterSeconds: 2,
    });
  }
  return fromFastify(error as FastifyError);
}

/** What Fastify refuses before a handler runs. */
function fromFastify({ code, statusCode }: FastifyError): AppError | undefined {
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new AppError('payload_too_large', 'The request is too large');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new AppError('bad_request', 'Send JSON, with the content type application/json');
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new AppError('bad_request', 'The body is not JSON');
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new AppError('bad_request', 'The request cannot be understood');
  }
  return undefined;
}
