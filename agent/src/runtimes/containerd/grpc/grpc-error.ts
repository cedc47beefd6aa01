/** gRPC's own status codes. */
export const GrpcCode = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const;
export type GrpcCode = (typeof GrpcCode)[keyof typeof GrpcCode];

/** A call that the other side answered with an error, or whose answer cannot be used. */
export class GrpcError extends Error {
  override readonly name: string = 'GrpcError';
  readonly code: GrpcCode;

  constructor(code: GrpcCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

export type ConnectionFailure =
  | 'socket_missing'
  | 'permission_denied'
  | 'not_listening'
  /** It was connected; whether the call had its effect is unknown. */
  | 'lost'
  | 'not_answering';

/** A call that got no answer. */
export class ConnectionError extends GrpcError {
  override readonly name = 'ConnectionError';
  readonly reason: ConnectionFailure;

  constructor(reason: ConnectionFailure, message: string, options?: { cause?: unknown }) {
    super(reason === 'not_answering' ? GrpcCode.deadlineExceeded : GrpcCode.unavailable, message, options);
    this.reason = reason;
  }
}

export function hasCode(error: unknown, code: GrpcCode): boolean {
  return error instanceof GrpcError && error.code === code;
}
