import type { IncomingMessage, ServerResponse } from 'node:http';
import { api } from '@catalyst/shared/api';
import { AppError, toIssues } from '@catalyst/shared/contract/errors';
import type { Route } from '@catalyst/shared/contract/route';
import { z } from 'zod';

// biome-ignore lint/suspicious/noExplicitAny: each was checked by its route's schema
type Inputs = Record<'params' | 'query' | 'body', any>;
/** What an operation of the contract answers; a rejection is an AppError, and a promise that never settles a slow panel. */
export type Answer = (input: Inputs) => unknown;
/** By feature and name, `servers.list`. */
export type Answers = Record<string, Answer>;

interface Matcher {
  name: string;
  route: Route;
  pattern: RegExp;
  parameters: string[];
}

const matchers: Matcher[] = Object.entries(api).flatMap(([feature, routes]) =>
  Object.entries(routes as Record<string, Route>).map(([name, route]) => ({
    name: `${feature}.${name}`,
    route,
    pattern: new RegExp(`^${route.url.replace(/:\w+/g, '([^/]+)')}$`),
    parameters: [...route.url.matchAll(/:(\w+)/g)].map(([, parameter]) => parameter as string),
  })),
);

/** Answers a request as the contract says: input is checked, output goes through the response's own schema. */
export async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  answers: Answers,
): Promise<void> {
  try {
    const url = new URL(request.url ?? '/', 'http://stub');
    const found = matchers.find(
      ({ route, pattern }) => route.method === request.method && pattern.test(url.pathname),
    );
    const answer = found && answers[found.name];
    if (!found || !answer) throw new AppError('not_found', 'There is nothing at this address');
    const { schema } = found.route;
    const values = found.pattern.exec(url.pathname)?.slice(1) ?? [];
    const params = Object.fromEntries(found.parameters.map((name, index) => [name, values[index]]));
    const input = {
      params: check(schema.params, params, 'params'),
      query: check(schema.querystring, Object.fromEntries(url.searchParams), 'query'),
      // What is streamed is no JSON, and is not looked at.
      body:
        found.route.config.stream === 'upload' && !schema.body
          ? await drain(request)
          : check(schema.body, await readBody(request), 'body'),
    };
    const output = await answer(input);
    const [status, outputSchema] = responseOf(Object.entries(schema.response), output);
    if (found.route.config.stream === 'download')
      response.writeHead(200, { 'content-type': 'text/plain' }).end(String(output));
    else if (status === '204') response.writeHead(204).end();
    else sendJson(response, Number(status), z.encode(outputSchema, output));
  } catch (error) {
    const known = error instanceof AppError ? error : new AppError('internal', `The stub failed: ${error}`);
    if (!(error instanceof AppError)) console.error(error);
    sendJson(response, known.status, known.toBody('stub'));
  }
}

/** Of several answers that an operation may give, the first that this one is. */
function responseOf(responses: [status: string, schema: z.ZodType][], output: unknown): [string, z.ZodType] {
  const fitting = responses.find(
    ([, schema]) => responses.length === 1 || z.safeEncode(schema, output).success,
  );
  return fitting ?? (responses[0] as [string, z.ZodType]);
}

function check(schema: z.ZodType | undefined, value: unknown, part: string): unknown {
  if (!schema) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AppError('invalid_input', 'The request is not valid', { issues: toIssues(parsed.error, part) });
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text === '' ? undefined : JSON.parse(text);
}

async function drain(request: IncomingMessage): Promise<void> {
  for await (const _ of request);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
