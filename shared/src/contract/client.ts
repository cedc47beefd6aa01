import type { z } from 'zod';
import { AppError, ErrorBody } from './errors.ts';
import type { Api, Route, Routes } from './route.ts';

type Sent<R extends Route, Part extends 'params' | 'querystring' | 'body'> = R['schema'] extends {
  [K in Part]: infer S extends z.ZodType;
}
  ? z.input<S>
  : never;

type Part<Name extends string, Value> = [Value] extends [never]
  ? unknown
  : Record<never, never> extends Value
    ? { [K in Name]?: Value }
    : { [K in Name]: Value };

export type CallInput<R extends Route> = Part<'params', Sent<R, 'params'>> &
  Part<'query', Sent<R, 'querystring'>> &
  Part<'body', Sent<R, 'body'>> & { signal?: AbortSignal; idempotencyKey?: string };

type Success<R extends Route> = R['schema']['response'] extends infer Answers extends Record<
  number,
  z.ZodType
>
  ? z.output<Answers[keyof Answers]>
  : never;

export type CallOutput<R extends Route> = R['config'] extends { stream: 'download' } ? Response : Success<R>;

type Call<R extends Route> =
  Record<never, never> extends CallInput<R>
    ? (input?: CallInput<R>) => Promise<CallOutput<R>>
    : (input: CallInput<R>) => Promise<CallOutput<R>>;

export type ApiClient<A extends Api> = {
  [Feature in keyof A]: { [Name in keyof A[Feature]]: Call<A[Feature][Name]> };
};

export interface ClientOptions {
  /** Origin of the panel; empty for the page's own. */
  baseUrl?: string;
  /** Bearer token for programs; browsers use their cookie. */
  token?: () => string | undefined;
  fetch?: typeof fetch;
}

interface AnyInput {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
  signal?: AbortSignal;
  idempotencyKey?: string;
}

/** The typed client of every program of ours. Rejects with the panel's own AppError, or `unavailable` without one. */
export function createApiClient<const A extends Api>(api: A, options: ClientOptions = {}): ApiClient<A> {
  const features = Object.entries(api).map(([feature, routes]) => [feature, featureClient(routes, options)]);
  return Object.fromEntries(features) as ApiClient<A>;
}

function featureClient(routes: Routes, options: ClientOptions) {
  return Object.fromEntries(
    Object.entries(routes).map(([name, route]) => [
      name,
      (input: AnyInput = {}) => callRoute(route, input, options),
    ]),
  );
}

async function callRoute(route: Route, input: AnyInput, options: ClientOptions): Promise<unknown> {
  const headers: Record<string, string> = { accept: 'application/json' };
  const token = options.token?.();
  if (token) headers.authorization = `Bearer ${token}`;
  if (input.body !== undefined) headers['content-type'] = 'application/json';
  if (input.idempotencyKey) headers['idempotency-key'] = input.idempotencyKey;
  let response: Response;
  try {
    response = await (options.fetch ?? fetch)((options.baseUrl ?? '') + callUrl(route, input), {
      method: route.method,
      headers,
      body: input.body === undefined ? undefined : JSON.stringify(input.body),
      signal: input.signal,
    });
  } catch (cause) {
    if (input.signal?.aborted) throw cause;
    throw new AppError('unavailable', 'The panel cannot be reached', { cause });
  }
  if (!response.ok) throw await toAppError(response);
  if (route.config.stream === 'download') return response;
  const schema = route.schema.response[response.status];
  if (!schema)
    throw new AppError('internal', `Unexpected status ${response.status} from ${route.method} ${route.url}`);
  if (response.status === 204) return undefined;
  return schema.parse(await response.json());
}

export function callUrl(route: Route, { params = {}, query = {} }: AnyInput): string {
  const path = route.url.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size > 0 ? `${path}?${search}` : path;
}

async function toAppError(response: Response): Promise<AppError> {
  const body = ErrorBody.safeParse(await response.json().catch(() => undefined));
  if (body.success) return AppError.fromBody(body.data);
  return new AppError('unavailable', `The panel answered ${response.status} without a reason`);
}
