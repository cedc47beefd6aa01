import { AppError } from '@catalyst/shared/contract/errors';
import { parse } from 'yaml';
import type { JsonObject, JsonValue } from './json-value.ts';

export const maxEggBytes = 1_048_576;
/** Aliases of YAML can make a few lines as large as a library; what they stand for is counted each time. */
const maxValues = 50_000;
const maxDepth = 40;
const maxAliases = 100;

/** A file as it was written, whatever it says. */
export interface EggSource {
  encoding: 'json' | 'yaml';
  document: JsonObject;
}

/**
 * The document in a file; its name tells JSON from YAML, or its first character does. Throws `payload_too_large`, or
 * `invalid_input` for what is neither, and for what no honest file holds.
 */
export function readEgg(bytes: Uint8Array, fileName = ''): EggSource {
  if (bytes.length > maxEggBytes) throw new AppError('payload_too_large', 'A template has at most 1 MiB');
  const text = decode(bytes);
  const encoding = encodingOf(fileName, text);
  const document = encoding === 'json' ? fromJson(text) : fromYaml(text);
  assertHarmless(document);
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw invalid('', 'The file holds no template');
  }
  return { encoding, document };
}

function decode(bytes: Uint8Array): string {
  try {
    // A byte order mark is left out.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError('invalid_input', 'The file is not text in UTF-8', { cause });
  }
}

function encodingOf(fileName: string, text: string): EggSource['encoding'] {
  if (/\.ya?ml$/i.test(fileName)) return 'yaml';
  if (/\.json$/i.test(fileName)) return 'json';
  return /^\s*\{/.test(text.slice(0, 1000)) ? 'json' : 'yaml';
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid_input', `The file is not JSON: ${sentenceOf(cause)}`, { cause });
  }
}

function fromYaml(text: string): unknown {
  assertShallow(text);
  try {
    return parse(text, { maxAliasCount: maxAliases, schema: 'core', logLevel: 'silent', stringKeys: true });
  } catch (cause) {
    throw new AppError('invalid_input', `The file is not YAML: ${sentenceOf(cause)}`, { cause });
  }
}

/** The parser takes a call for each level, and longer for each the deeper it is. */
function assertShallow(text: string): void {
  let depth = 0;
  for (const character of text) {
    if (character === '[' || character === '{') depth += 1;
    if (character === ']' || character === '}') depth = Math.max(0, depth - 1);
    if (depth > 1000) throw invalid('', 'The file is nested too deeply');
  }
  if (/^[ ]*(?:[-?:&!][^\n ]*[ ]+){200}/m.test(text)) throw invalid('', 'The file is nested too deeply');
}

interface Visit {
  value: unknown;
  path: string;
  depth: number;
}

/** Everything below this is plain data of a sensible size, and no name in it is one that JavaScript gives a meaning. */
function assertHarmless(document: unknown): asserts document is JsonValue {
  const open: Visit[] = [{ value: document, path: '', depth: 0 }];
  let seen = 0;
  for (let visit = open.pop(); visit; visit = open.pop()) {
    const { value, path, depth } = visit;
    seen += 1;
    if (seen > maxValues) throw invalid('', 'The file holds too many values');
    if (depth > maxDepth) throw invalid(path.slice(0, 200), 'is nested too deeply');
    if (typeof value === 'number' && !Number.isFinite(value)) throw invalid(path, 'is not a number');
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, child] of Object.entries(value)) {
      const childPath = path === '' ? name : `${path}.${name}`;
      if (name === '__proto__') throw invalid(childPath, 'is not a name that a template can use');
      open.push({ value: child, path: childPath, depth: depth + 1 });
    }
  }
}

/** Without the lines of the file that parsers quote below their sentence. */
const sentenceOf = (error: unknown) => (error instanceof Error ? (error.message.split('\n')[0] ?? '') : '');

function invalid(path: string, message: string): AppError {
  const sentence = path === '' ? message : `${path} ${message}`;
  return new AppError('invalid_input', sentence, { issues: [{ path, message }] });
}
