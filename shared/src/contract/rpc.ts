import type { z } from 'zod';
import { AppError, ErrorBody, toIssues } from './errors.ts';
import type { Access } from './permissions.ts';

/** A question over a socket: one argument, one answer, within its time-out. */
export interface Call {
  input: z.ZodType;
  output: z.ZodType;
  summary: string;
  /** How long the asker waits, in milliseconds. */
  timeoutMs?: number;
  /** For calls of browsers and programs: what the caller must hold, on the server named by `serverId` if there is one. */
  permission?: Access;
  audit?: string;
}
export type Calls = Record<string, Call>;

/** An announcement over a socket: no answer. */
export interface Event {
  payload: z.ZodType;
  summary: string;
  /** For events to browsers and programs: what the receiver must hold. */
  permission?: Access;
}
export type Events = Record<string, Event>;

/** What both ends of Socket.IO have in common. */
export interface SocketLike {
  // Socket.IO's own listeners take any arguments; what arrives is parsed before it is used.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  on(event: string, listener: (...args: any[]) => void): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: see above
  off(event: string, listener: (...args: any[]) => void): unknown;
  emit(event: string, ...args: unknown[]): unknown;
}

export type CallInput<C extends Call> = C extends { input: infer S extends z.ZodType } ? z.output<S> : never;
export type CallHandlers<C extends Calls> = {
  [Name in keyof C]: (
    input: C[Name] extends { input: infer S extends z.ZodType } ? z.output<S> : never,
  ) => Promise<AnswerOf<C[Name]>> | AnswerOf<C[Name]>;
};
type AnswerOf<C> = C extends { output: infer S extends z.ZodType } ? z.input<S> : never;
export type EventHandlers<E extends Events> = {
  [Name in keyof E]?: (
    payload: E[Name] extends { payload: infer S extends z.ZodType } ? z.output<S> : never,
  ) => void;
};

type Wire<E> = E extends { payload: infer S extends z.ZodType } ? z.input<S> : never;

export interface AnswerOptions {
  /** Runs before each handler; throw to refuse. */
  before?: (name: string, call: Call, input: unknown) => Promise<void> | void;
  /** Runs after each call, refused ones included. */
  after?: (name: string, call: Call, input: unknown, error: AppError | undefined) => Promise<void> | void;
  /** A bug in a handler: logged here, answered as `internal`. */
  onBug?: (name: string, error: unknown) => void;
}

/** The other side answered something that the declaration of the call does not allow: nobody's input is to blame. */
export class MalformedAnswer extends AppError {
  constructor(name: string, cause?: unknown) {
    super('internal', `The answer to ${name} has the wrong shape`, { cause });
  }
}

const defaultTimeoutMs = 10_000;
/** Deeper nesting than any message of ours has. */
const maxDepth = 12;

/** Answers every call of a table on one socket. Input is validated on arrival; whatever is thrown becomes the answer. */
export function answerCalls<C extends Calls>(
  socket: SocketLike,
  calls: C,
  handlers: CallHandlers<C>,
  options: AnswerOptions = {},
): void {
  for (const [name, declaration] of Object.entries(calls)) {
    const handler = handlers[name] as (input: unknown) => unknown;
    socket.on(name, async (input: unknown, acknowledge: unknown) => {
      const answer = typeof acknowledge === 'function' ? acknowledge : () => {};
      let parsed: unknown;
      let error: AppError | undefined;
      let value: unknown;
      try {
        parsed = parseFrame(declaration.input, input);
        await options.before?.(name, declaration, parsed);
        value = await handler(parsed);
      } catch (thrown) {
        if (!(thrown instanceof AppError)) options.onBug?.(name, thrown);
        error =
          thrown instanceof AppError ? thrown : new AppError('internal', 'An unexpected error occurred');
      }
      try {
        await options.after?.(name, declaration, parsed, error);
      } catch (thrown) {
        options.onBug?.(name, thrown);
        error = new AppError('internal', 'An unexpected error occurred');
      }
      answer(error ? error.toBody('') : { value });
    });
  }
}

/**
 * Asks one question. Rejects with the other side's AppError, `timeout`, `unavailable` when the connection ends, or a
 * MalformedAnswer.
 */
export function call<C extends Calls, Name extends keyof C & string>(
  socket: SocketLike,
  calls: C,
  name: Name,
  input: z.input<C[Name]['input']>,
  { timeoutMs }: { timeoutMs?: number } = {},
): Promise<z.output<C[Name]['output']>> {
  const declaration = calls[name] as Call;
  const waitMs = timeoutMs ?? declaration.timeoutMs ?? defaultTimeoutMs;
  return new Promise((resolve, reject) => {
    const settle = (action: () => void) => {
      clearTimeout(timer);
      socket.off('disconnect', onDisconnect);
      action();
    };
    const onDisconnect = () =>
      settle(() => reject(new AppError('unavailable', 'The connection was lost before the answer came')));
    const timer = setTimeout(
      () => settle(() => reject(new AppError('timeout', `No answer to ${name} within ${waitMs / 1000} s`))),
      waitMs,
    );
    socket.on('disconnect', onDisconnect);
    socket.emit(name, input, (answer: unknown) =>
      settle(() => {
        try {
          resolve(readAnswer(declaration, name, answer) as z.output<C[Name]['output']>);
        } catch (error) {
          reject(error);
        }
      }),
    );
  });
}

/** Sends one announcement; validation happens where it arrives. */
export function announce<E extends Events, Name extends keyof E & string>(
  socket: Pick<SocketLike, 'emit'>,
  _events: E,
  name: Name,
  payload: Wire<E[Name]>,
): void {
  socket.emit(name, payload);
}

/** Listens to announcements; an invalid one goes to `onInvalid` and no further. Returns the way to stop. */
export function listen<E extends Events>(
  socket: SocketLike,
  events: E,
  handlers: EventHandlers<E>,
  onInvalid: (name: string, error: AppError) => void = () => {},
): () => void {
  const stops = Object.entries(handlers).map(([name, handler]) => {
    const listener = (payload: unknown) => {
      let parsed: unknown;
      try {
        parsed = parseFrame((events[name] as Event).payload, payload);
      } catch (error) {
        onInvalid(name, error as AppError);
        return;
      }
      (handler as (payload: unknown) => void)(parsed);
    };
    socket.on(name, listener);
    return () => socket.off(name, listener);
  });
  return () => {
    for (const stop of stops) stop();
  };
}

function readAnswer(declaration: Call, name: string, answer: unknown): unknown {
  const failure = ErrorBody.safeParse(answer);
  if (failure.success) throw AppError.fromBody(failure.data);
  if (typeof answer !== 'object' || answer === null) throw new MalformedAnswer(name);
  try {
    return parseFrame(declaration.output, (answer as { value?: unknown }).value);
  } catch (error) {
    throw new MalformedAnswer(name, error);
  }
}

function parseFrame<S extends z.ZodType>(schema: S, frame: unknown): z.output<S> {
  refusePoison(frame, 0);
  const parsed = schema.safeParse(frame);
  if (parsed.success) return parsed.data;
  throw new AppError('invalid_input', 'The message does not have the expected shape', {
    issues: toIssues(parsed.error),
  });
}

/** JSON.parse makes `__proto__` an own key, which a later copy would turn into a prototype. */
function refusePoison(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > maxDepth) throw new AppError('invalid_input', 'The message is nested too deeply');
  if (Array.isArray(value)) {
    for (const element of value) refusePoison(element, depth + 1);
    return;
  }
  for (const key of Object.keys(value)) {
    if (key === '__proto__' || key === 'constructor' || key === 'prototype') {
      throw new AppError('invalid_input', `The key ${key} is not allowed`);
    }
    refusePoison((value as Record<string, unknown>)[key], depth + 1);
  }
}
