import type { JsonSchema } from './json-schemas.ts';
import type { OpenApiDocument, OpenApiOperation } from './openapi.ts';

/** The OpenAPI document as a page to read: no scripts and nothing from elsewhere. */
export function referencePage(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const chapters = document.tags.map(({ name }) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(name));
    return `<section><h2 id="${escapeHtml(name)}">${escapeHtml(name)}</h2>${own.map(describe).join('')}</section>`;
  });
  const types = Object.entries(document.components.schemas ?? {}).map(
    ([name, schema]) =>
      `<details id="type-${escapeHtml(name)}"><summary><code>${escapeHtml(name)}</code></summary>${typeTable(schema as JsonSchema)}</details>`,
  );
  const contents = [...document.tags.map(({ name }) => name), 'Types'];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Catalyst API</title><style>${style}</style></head><body>
<header><h1>Catalyst API <small>${escapeHtml(document.info.version)}</small></h1><p>${prose(document.info.description)}</p>
<p>For programs: <a href="/api/openapi.json">openapi.json</a>, <a href="/api/realtime.json">realtime.json</a></p>
<nav aria-label="Contents">${contents.map((name) => `<a href="#${escapeHtml(name)}">${escapeHtml(name)}</a>`).join(' ')}</nav></header>
<main>${chapters.join('')}<section><h2 id="Types">Types</h2>${types.join('')}</section></main></body></html>`;
}

function describe({
  path,
  method,
  operation,
}: {
  path: string;
  method: string;
  operation: OpenApiOperation;
}): string {
  const body = operation.requestBody?.content['application/json']?.schema;
  const answers = Object.entries(operation.responses).filter(([status]) => /^2/.test(status)) as [
    string,
    Answer,
  ][];
  return `<details id="${escapeHtml(operation.operationId)}"><summary><b class="${method}">${method}</b> <code>${escapeHtml(path)}</code>
<span>${escapeHtml(operation.summary)}</span></summary><p>${prose(operation.description)}</p>
${operation.parameters.length > 0 ? `<h3>Parameters</h3>${parameterTable(operation)}` : ''}
${body ? `<h3>Body</h3>${typeTable(body)}` : ''}
${answers.map(([status, answer]) => `<h3>Answer ${status}</h3>${answerText(answer)}`).join('')}</details>`;
}

interface Answer {
  description: string;
  content?: Record<string, { schema: JsonSchema }>;
}

function answerText({ description, content }: Answer): string {
  const schema = content?.['application/json']?.schema;
  if (schema) return typeTable(schema);
  return `<p>${content ? 'A stream of bytes.' : escapeHtml(description)}</p>`;
}

function parameterTable({ parameters }: OpenApiOperation): string {
  return table(
    parameters.map(({ name, required, schema, description, in: where }) => [
      `<code>${escapeHtml(name)}</code>`,
      `${typeName(schema)}${required ? '' : ', optional'}`,
      escapeHtml(description ?? (where === 'path' ? 'in the address' : String(schema.description ?? ''))),
    ]),
  );
}

/** The fields of an object one a row; anything else in a word. */
function typeTable(schema: JsonSchema): string {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
  if (properties.length === 0) return `<p>${typeName(schema)}</p>`;
  const required = new Set((schema.required ?? []) as string[]);
  return table(
    properties.map(([name, property]) => [
      `<code>${escapeHtml(name)}</code>`,
      `${typeName(property)}${required.has(name) ? '' : ', optional'}`,
      escapeHtml(String(property.description ?? '')),
    ]),
  );
}

function typeName(schema: JsonSchema): string {
  if (typeof schema.$ref === 'string') {
    const name = escapeHtml(schema.$ref.replace(/^.*\//, ''));
    return `<a href="#type-${name}">${name}</a>`;
  }
  const choices = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined;
  if (choices) return choices.map(typeName).join(' or ');
  if (Array.isArray(schema.enum))
    return schema.enum.map((value) => `<code>${escapeHtml(JSON.stringify(value))}</code>`).join(' ');
  if ('const' in schema) return `<code>${escapeHtml(JSON.stringify(schema.const))}</code>`;
  if (schema.type === 'array') return `list of ${typeName((schema.items ?? {}) as JsonSchema)}`;
  if (schema.type === 'object' && schema.properties) {
    const fields = Object.entries(schema.properties as Record<string, JsonSchema>);
    return `{ ${fields.map(([name, inner]) => `<code>${escapeHtml(name)}</code>: ${typeName(inner)}`).join(', ')} }`;
  }
  const type = Array.isArray(schema.type) ? schema.type.join(' or ') : String(schema.type ?? 'anything');
  return escapeHtml(type === 'object' ? 'object of names and values' : `${type}${limits(schema)}`);
}

function limits(schema: JsonSchema): string {
  const known = [
    ['minimum', '≥'],
    ['maximum', '≤'],
    ['minLength', 'at least', 'characters'],
    ['maxLength', 'at most', 'characters'],
  ] as const;
  const texts = known.flatMap(([key, sign, unit]) => {
    const value = schema[key];
    const isSaid = typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER;
    return isSaid ? [`${sign} ${value}${unit ? ` ${unit}` : ''}`] : [];
  });
  return texts.length > 0 ? ` (${texts.join(', ')})` : '';
}

const table = (rows: string[][]) =>
  `<table>${rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('')}</table>`;

const escapeHtml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const prose = (text: string) => escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>');

const style = `
:root { color-scheme: light dark; font: 16px/1.55 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1.5rem; }
h1 small { font-weight: 400; font-size: 0.55em; opacity: 0.7; }
h2 { margin: 2.2rem 0 0.6rem; } h3 { margin: 0.9rem 0 0.2rem; font-size: 0.95rem; }
nav a { margin-right: 0.8rem; }
details { border: 1px solid color-mix(in srgb, currentColor 18%, transparent); border-radius: 8px; margin: 0.4rem 0; padding: 0.1rem 0.8rem; }
details[open] { padding-bottom: 0.8rem; }
summary { cursor: pointer; padding: 0.45rem 0; } summary span { opacity: 0.75; margin-left: 0.5rem; }
summary b { display: inline-block; min-width: 4.2rem; font: 600 0.8rem ui-monospace, monospace; }
.GET { color: light-dark(#0b6b4f, #58d3a6); } .POST { color: light-dark(#1b56b3, #8ab6ff); }
.PUT { color: light-dark(#8a5a00, #f0c060); } .DELETE { color: light-dark(#ad1f2d, #ff8f96); }
code { font: 0.9em ui-monospace, monospace; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
td { padding: 0.25rem 0.8rem 0.25rem 0; vertical-align: top; border-top: 1px solid color-mix(in srgb, currentColor 12%, transparent); overflow-wrap: anywhere; }
a { color: light-dark(#1b56b3, #8ab6ff); }
`;
