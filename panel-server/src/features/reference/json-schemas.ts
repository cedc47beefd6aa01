import { z } from 'zod';

export type JsonSchema = Record<string, unknown>;

/** Turns the contract's schemas into JSON Schema; those with an id are collected once and referred to. */
export class JsonSchemas {
  readonly components: Record<string, JsonSchema> = {};
  readonly #componentsPath: string;

  constructor(componentsPath: string) {
    this.#componentsPath = componentsPath;
  }

  /** What a caller sends, and what travels over a socket. */
  sent(schema: z.ZodType): JsonSchema {
    return this.#convert(schema, 'input');
  }

  /** What the panel answers. */
  answered(schema: z.ZodType): JsonSchema {
    return this.#convert(schema, 'output');
  }

  #convert(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const converted = z.toJSONSchema(schema, {
      io,
      unrepresentable: 'any',
      reused: 'inline',
      override: ({ zodSchema, jsonSchema }) => {
        // A date is one only in our code.
        if (zodSchema._zod.def.type === 'date')
          Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
      },
    }) as JsonSchema & { $defs?: Record<string, JsonSchema> };
    const { $schema: _, $defs = {}, ...root } = converted;
    const names = new Map(
      Object.entries($defs).map(([id, definition]) => [id, this.#nameFor(id, definition, io)]),
    );
    for (const [id, definition] of Object.entries($defs)) {
      this.components[names.get(id) as string] = this.#withReferences(definition, names) as JsonSchema;
    }
    return this.#withReferences(root, names) as JsonSchema;
  }

  /** The same type may look different on the way in (fields with defaults are optional there). */
  #nameFor(id: string, definition: JsonSchema, io: 'input' | 'output'): string {
    const { id: _, ...bare } = definition;
    const isSame = id in this.components && JSON.stringify(this.components[id]) === JSON.stringify(bare);
    return io === 'input' && id in this.components && !isSame ? `${id}Input` : id;
  }

  #withReferences(value: unknown, names: Map<string, string>): unknown {
    if (Array.isArray(value)) return value.map((element) => this.#withReferences(element, names));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) =>
        key === '$ref' && typeof inner === 'string'
          ? [key, `${this.#componentsPath}${names.get(inner.replace('#/$defs/', '')) ?? inner}`]
          : [key, this.#withReferences(inner, names)],
      ),
    );
  }
}
