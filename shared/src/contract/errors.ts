import { z } from 'zod';
import { Timestamp } from './values.ts';

/** Every error a caller can meet, and the HTTP status it travels under. The list is closed: clients switch on it. */
export const errorStatus = {
  bad_request: 400,
  unauthenticated: 401,
  invalid_credentials: 401,
  factor_required: 401,
  forbidden: 403,
  reauthentication_required: 403,
  password_change_required: 403,
  suspended: 403,
  origin_refused: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  invalid_state: 409,
  not_running: 409,
  limit_reached: 409,
  port_taken: 409,
  no_free_port: 409,
  host_package_missing: 409,
  precondition_failed: 412,
  payload_too_large: 413,
  range_not_satisfiable: 416,
  invalid_input: 422,
  version_unsupported: 426,
  rate_limited: 429,
  internal: 500,
  node_offline: 503,
  unavailable: 503,
  timeout: 504,
  disk_full: 507,
  quota_exceeded: 507,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof errorStatus;
export const ErrorCode = z.enum(Object.keys(errorStatus) as [ErrorCode, ...ErrorCode[]]);

/** One thing wrong with one field of the input; `path` is dotted (`environment.SEED`). */
export const Issue = z.object({ path: z.string(), message: z.string() });
export type Issue = z.output<typeof Issue>;

export const FactorMethod = z.enum(['totp', 'recovery-code', 'passkey']);
export type FactorMethod = z.output<typeof FactorMethod>;

/** What comes with `factor_required`: the token opens nothing but the second step of this one sign-in. */
export const FactorChallenge = z
  .object({ token: z.string(), methods: z.array(FactorMethod), expiresAt: Timestamp })
  .meta({ id: 'FactorChallenge' });
export type FactorChallenge = z.output<typeof FactorChallenge>;

/** What every failed call answers, on HTTP and on sockets alike. */
export const ErrorBody = z
  .object({
    error: z.object({
      code: ErrorCode,
      message: z.string(),
      issues: z.array(Issue).optional(),
      requestId: z.string(),
      retryAfterSeconds: z.number().optional(),
      challenge: FactorChallenge.optional(),
    }),
  })
  .meta({ id: 'ErrorBody' });
/** As it is on the wire. */
export type ErrorBody = z.input<typeof ErrorBody>;

interface AppErrorOptions {
  issues?: readonly Issue[];
  retryAfterSeconds?: number;
  challenge?: FactorChallenge;
  cause?: unknown;
}

/** An error somebody can act on. Its message is a sentence for the person at the screen. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly issues: readonly Issue[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly challenge: FactorChallenge | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.issues = options.issues;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.challenge = options.challenge;
  }

  get status(): number {
    return errorStatus[this.code];
  }

  toBody(requestId: string): ErrorBody {
    return {
      error: {
        code: this.code,
        message: this.message,
        ...(this.issues && { issues: [...this.issues] }),
        requestId,
        ...(this.retryAfterSeconds !== undefined && { retryAfterSeconds: this.retryAfterSeconds }),
        ...(this.challenge && { challenge: z.encode(FactorChallenge, this.challenge) }),
      },
    };
  }

  static fromBody({ error }: z.output<typeof ErrorBody>): AppError {
    return new AppError(error.code, error.message, {
      issues: error.issues,
      retryAfterSeconds: error.retryAfterSeconds,
      challenge: error.challenge,
    });
  }
}

/** The issues of a failed zod parse, under an optional prefix (`body`, `params`). */
export function toIssues(error: z.core.$ZodError, prefix = ''): Issue[] {
  const pathOf = (...names: PropertyKey[]) => [prefix, ...names.map(String)].filter(Boolean).join('.');
  return error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.slice(0, 50).map((key) => {
          const name = key.slice(0, 100);
          return { path: pathOf(...issue.path, name), message: `${name} is not known here` };
        })
      : { path: pathOf(...issue.path), message: issue.message },
  );
}
