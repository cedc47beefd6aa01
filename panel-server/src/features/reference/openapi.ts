import { api } from '@catalyst/shared/api';
import { ErrorBody } from '@catalyst/shared/contract/errors';
import type { Route } from '@catalyst/shared/contract/route';
import { panelVersion } from '../../version.ts';
import { type JsonSchema, JsonSchemas } from './json-schemas.ts';

export interface OpenApiOperation {
  operationId: string;
  summary: string;
  tags: string[];
  description: string;
  parameters: { name: string; in: string; required: boolean; schema: JsonSchema; description?: string }[];
  requestBody?: { required: true; content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, unknown>;
  security: Record<string, string[]>[];
  'x-permission': string;
}

export interface OpenApiDocument {
  openapi: '3.1.0';
  info: { title: string; version: string; description: string; license: { name: string } };
  tags: { name: string }[];
  paths: Record<string, Record<string, OpenApiOperation>>;
  components: Record<string, Record<string, unknown>>;
}

/** The REST API as an OpenAPI 3.1 document, from the same routes that the panel serves. */
export function openApiDocument(): OpenApiDocument {
  const schemas = new JsonSchemas('#/components/schemas/');
  schemas.answered(ErrorBody);
  const paths: OpenApiDocument['paths'] = {};
  // Answers first, so that a type they share with a request keeps the plain name.
  const described = Object.entries(api).flatMap(([feature, routes]) =>
    Object.entries(routes).map(([name, route]) => ({ id: `${feature}.${name}`, route: route as Route })),
  );
  const answers = described.map(({ route }) => responses(route, schemas));
  described.forEach(({ id, route }, index) => {
    const path = route.url.replace(/:(\w+)/g, '{$1}');
    paths[path] ??= {};
    paths[path][route.method.toLowerCase()] = operation(id, route, answers[index] ?? {}, schemas);
  });
  return {
    openapi: '3.1.0',
    info: {
      title: 'Catalyst',
      version: panelVersion,
      description:
        'Sign in with POST /api/auth/login and send the token as `Authorization: Bearer …`. Lists answer ' +
        '`{ items, nextCursor }`; every error is an ErrorBody with one code of a closed list. What flows (console, ' +
        'state, progress) comes over Socket.IO: see /api/realtime.json.',
      license: { name: 'MIT' },
    },
    tags: [...new Set(described.flatMap(({ route }) => route.schema.tags))].map((name) => ({ name })),
    paths,
    components: {
      schemas: schemas.components,
      responses: {
        Error: {
          description: 'What went wrong, for programs (`code`) and people (`message`)',
          headers: {
            'Retry-After': { description: 'Seconds to wait, with 429 and 503', schema: { type: 'integer' } },
          },
          content: { 'application/json': { schema: { $ref: '#/components/schemas/ErrorBody' } } },
        },
      },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'The token of POST /api/auth/login' },
        cookie: { type: 'apiKey', in: 'cookie', name: '__Host-catalyst', description: 'What browsers have' },
      },
    },
  };
}

function operation(
  id: string,
  { method, config, schema }: Route,
  answers: Record<string, unknown>,
  schemas: JsonSchemas,
): OpenApiOperation {
  const isOpen = config.permission === 'public' || config.permission === 'ticket';
  const body = schema.body && schemas.sent(schema.body);
  return {
    operationId: id,
    summary: schema.summary,
    tags: schema.tags,
    description: accessSentence(config.permission, config.onServer),
    parameters: [
      ...parameters('path', schema.params && schemas.sent(schema.params)),
      ...parameters('query', schema.querystring && schemas.sent(schema.querystring)),
      ...(method === 'POST' && !isOpen ? [idempotencyKey] : []),
    ],
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    ...(config.stream === 'upload' && {
      requestBody: { required: true, content: { 'application/octet-stream': { schema: {} } } },
    }),
    responses: answers,
    security: isOpen ? [] : [{ bearer: [] }, { cookie: [] }],
    'x-permission': config.permission,
  };
}

function accessSentence(permission: string, onServer = false): string {
  if (permission === 'public') return 'Open to everyone.';
  if (permission === 'ticket') return 'The ticket in the address is the credential.';
  if (permission === 'signed-in') return 'For everyone who is signed in.';
  return `Needs the permission \`${permission}\`${onServer ? ', or that the server is yours' : ''}.`;
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  schema: { type: 'string', maxLength: 128 },
  description:
    'A repetition with the same key within a day gets the first answer and has no effect of its own.',
};

function parameters(where: 'path' | 'query', schema: JsonSchema | undefined): OpenApiOperation['parameters'] {
  const properties = Object.entries((schema?.properties ?? {}) as Record<string, JsonSchema>);
  const required = (schema?.required ?? []) as string[];
  return properties.map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: property,
  }));
}

function responses({ config, schema }: Route, schemas: JsonSchemas): Record<string, unknown> {
  const answers = Object.entries(schema.response).map(([status, type]) => {
    if (config.stream === 'download') {
      return [
        status,
        { description: schema.summary, content: { 'application/octet-stream': { schema: {} } } },
      ];
    }
    if (status === '204') return [status, { description: 'Done; there is no content' }];
    return [
      status,
      { description: schema.summary, content: { 'application/json': { schema: schemas.answered(type) } } },
    ];
  });
  const isOpen = config.permission === 'public' || config.permission === 'ticket';
  const failures = [
    ...(isOpen ? [] : ['401', '403']),
    ...(schema.params ? ['404'] : []),
    ...(schema.body || schema.querystring ? ['422'] : []),
    '429',
    'default',
  ];
  return {
    ...Object.fromEntries(answers),
    ...Object.fromEntries(failures.map((status) => [status, { $ref: '#/components/responses/Error' }])),
  };
}
