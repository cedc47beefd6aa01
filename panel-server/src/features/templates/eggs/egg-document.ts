import { AppError, toIssues } from '@catalyst/shared/contract/errors';
import { z } from 'zod';
import type { ImportNotes } from './import-notes.ts';
import { isObject, type JsonObject, type JsonValue } from './json-value.ts';

export const eggVersions = ['PTDL_v1', 'PTDL_v2', 'PLCN_v1', 'PLCN_v2', 'PLCN_v3'] as const;

const maxVariables = 250;

/** PHP writes an empty map as an empty list, and YAML exports an empty list as an empty map. */
const list = <Item extends z.ZodType>(item: Item) =>
  z.preprocess(
    (value) => (isObject(value) && Object.keys(value).length === 0 ? [] : (value ?? [])),
    z.array(item),
  );
const map = <Value extends z.ZodType>(value: Value) =>
  z.preprocess(
    (given) => (Array.isArray(given) && given.length === 0 ? {} : (given ?? {})),
    z.record(z.string(), value),
  );
const text = z.preprocess((value) => value ?? '', z.string());
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const EggVariable = z.looseObject({
  name: text,
  description: text,
  env_variable: z.string().regex(/^\w{1,191}$/, 'must be the name of a variable'),
  default_value: scalar.optional(),
  user_viewable: z.union([z.boolean(), z.number()]).default(true),
  user_editable: z.union([z.boolean(), z.number()]).default(true),
  rules: z.preprocess((value) => value ?? '', z.union([z.string(), list(z.string())])),
});
export type EggVariable = z.output<typeof EggVariable>;

/** Images by label, or only a list of them. */
const Images = z.union([map(z.string()), z.array(z.string())]);

/** A document of the community's format, as far as we read it. Whatever else is in it stays where it is. */
export const Egg = z.looseObject({
  meta: z.looseObject({
    version: z.enum(eggVersions, 'is not a version of the format that this panel knows'),
    update_url: z.string().max(2000).nullish(),
  }),
  name: z.string().trim().min(1, 'must not be empty').max(1000),
  author: text,
  description: text,
  features: list(z.string()),
  tags: list(z.string()),
  file_denylist: list(z.string()),
  docker_images: Images.optional(),
  images: Images.optional(),
  image: z.string().nullish(),
  startup: z.string().max(8192).nullish(),
  startup_commands: map(z.string().max(8192)).optional(),
  config: z.looseObject({
    files: z.unknown(),
    startup: z.unknown(),
    stop: text,
  }),
  scripts: z
    .looseObject({
      installation: z
        .looseObject({ script: text, container: text, entrypoint: text })
        .prefault({ script: '', container: '', entrypoint: '' }),
    })
    .prefault({}),
  variables: list(EggVariable),
});
export type Egg = z.output<typeof Egg>;

/** Throws `invalid_input` that names each field that is not as it must be. */
export function checkEgg(document: JsonObject): Egg {
  const variables = document.variables;
  if (Array.isArray(variables) && variables.length > maxVariables) {
    // Told before each of them is looked at.
    const message = `has ${variables.length} variables; ${maxVariables} are allowed`;
    throw refusal([{ path: 'variables', message }]);
  }
  const parsed = Egg.safeParse(document);
  if (!parsed.success) throw refusal(toIssues(parsed.error).slice(0, 50));
  return parsed.data;
}

/** Parts of `config` are JSON within a string, or objects; nothing at all is an empty object. */
export function decodeConfig(value: unknown, path: string, notes?: ImportNotes): JsonObject {
  const decoded = typeof value === 'string' ? parseLoosely(value) : value;
  if (isObject(decoded)) return decoded;
  const isEmpty =
    decoded === null || decoded === undefined || (Array.isArray(decoded) && decoded.length === 0);
  if (!isEmpty) notes?.refused(path, 'is not an object');
  return {};
}

function parseLoosely(value: string): JsonValue | undefined {
  if (value.trim() === '') return null;
  try {
    return JSON.parse(value, keepLargeNumbers as never);
  } catch {
    return;
  }
}

/** Ids of players are longer than a number of JavaScript; they stay as they were written. */
function keepLargeNumbers(_name: string, value: unknown, { source }: { source?: string }): unknown {
  const isLarge = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
  return isLarge && source !== undefined ? source : value;
}

function refusal(issues: { path: string; message: string }[]): AppError {
  const [first] = issues;
  const sentence = `This is not a template that can be imported: ${first?.path} ${first?.message}`;
  return new AppError('invalid_input', sentence, { issues });
}
