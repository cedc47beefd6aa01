import type { z } from 'zod';

/** What strings of the contract look like; the first that a schema takes is its sample. */
const texts = [
  'sample',
  'SAMPLE',
  '1',
  '01890000-0000-7000-8000-000000000000',
  '2026-01-01T00:00:00.000Z',
  'someone@example.com',
  'https://example.com',
  '192.0.2.1',
  '192.0.2.0/24',
  '123456',
  '5000-5010',
  '644',
  '0.0.YQ',
  '?',
  'a'.repeat(16),
  'a'.repeat(43),
  'a'.repeat(86),
  '',
];

/** A value that `schema` takes on the wire, the smallest that comes to mind. Throws when it cannot think of one. */
export function sampleOf(schema: z.ZodType): unknown {
  const candidates = schema.type === 'string' ? texts : [sampleOfKind(schema)];
  const sample = candidates.find((candidate) => schema.safeParse(candidate).success);
  if (sample === undefined && !schema.safeParse(undefined).success) {
    throw new Error(`No sample for ${schema.type}: ${JSON.stringify(candidates[0])}`);
  }
  return sample;
}

// biome-ignore lint/suspicious/noExplicitAny: each kind of schema is defined by other fields
type Kind = z.ZodType & { def: any };

function sampleOfKind(schema: z.ZodType): unknown {
  const { def } = schema as Kind;
  switch (schema.type) {
    case 'number':
    case 'int':
      return [1, 0, 16, 1024, 100_000].find((value) => schema.safeParse(value).success);
    case 'boolean':
      return true;
    case 'literal':
      return def.values[0];
    case 'enum':
      return Object.values(def.entries)[0];
    case 'null':
      return null;
    case 'any':
    case 'unknown':
      return {};
    case 'object':
      return objectSample(schema as Kind);
    case 'array':
      return arraySample(schema as Kind);
    case 'record':
      return { [String(sampleOf(def.keyType))]: sampleOf(def.valueType) };
    case 'union':
      return sampleOf(def.options[0]);
    case 'optional':
    case 'default':
    case 'prefault':
    case 'nullable':
      return sampleOf(def.innerType);
    case 'lazy':
      return sampleOf(def.getter());
    case 'pipe':
      return pipeSample(schema as Kind);
    default:
      return undefined;
  }
}

/** Of one item with all its fields, or with none that may be left out where those are about other items. */
function arraySample(schema: Kind): unknown {
  const whole = [sampleOf(schema.def.element)];
  if (schema.safeParse(whole).success || schema.def.element.type !== 'object') return whole;
  return [Object.fromEntries(fieldsOf(schema.def.element).flatMap(requiredEntry))];
}

const requiredEntry = ({ name, value, isOptional }: ReturnType<typeof fieldsOf>[number]) =>
  isOptional ? [] : [[name, value] as const];

/** With all its fields; or with one of those that may be left out, where they exclude each other. */
function objectSample(schema: Kind): unknown {
  const fields = fieldsOf(schema);
  const choices = fields.filter(({ isOptional }) => isOptional).map((kept) => [kept]);
  const sets = [fields, ...choices.map((kept) => [...fields.filter((field) => !field.isOptional), ...kept])];
  const samples = sets.map((set) => Object.fromEntries(set.map(({ name, value }) => [name, value])));
  return samples.find((sample) => schema.safeParse(sample).success) ?? samples[0];
}

function fieldsOf(schema: Kind) {
  return Object.entries(schema.def.shape as Record<string, z.ZodType>)
    .map(([name, field]) => ({
      name,
      value: sampleOf(field),
      isOptional: field.safeParse(undefined).success,
    }))
    .filter(({ value }) => value !== undefined);
}

/** Either half of a pipe may be the one that knows what the text looks like. */
function pipeSample(schema: Kind): unknown {
  const fromText = texts.find((text) => schema.safeParse(text).success);
  return fromText ?? sampleOf(schema.def.in);
}
