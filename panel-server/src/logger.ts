import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from './config.ts';

export type { Logger };

/** Names of fields whose values never reach a log, wherever they are nested within the first levels. */
const secretFields = [
  'password',
  'token',
  'secret',
  'code',
  'authorization',
  'cookie',
  'enrolmentSecret',
  'privateKey',
];

/** JSON lines; `log.child({ part: 'audit' })` for each part of the panel. Default destination is standard error. */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
        censor: (value) => (value instanceof ErrorCode ? value : '[redacted]'),
      },
      serializers: { err: describeError },
    },
    destination ?? pino.destination({ fd: 2, sync: true }),
  );
}

/** Tells the code of an error, which says what went wrong, from all other fields of that name. */
class ErrorCode {
  readonly #code: unknown;

  constructor(code: unknown) {
    this.#code = code;
  }

  toJSON(): unknown {
    return this.#code;
  }
}

/** Without the parameters of a failed query, which may be anything a person typed. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause } = error;
  const code = 'code' in error ? new ErrorCode(error.code) : undefined;
  return { type: name, code, message, stack, ...(cause !== undefined && { cause: describeError(cause) }) };
}
