import { toIssues } from '@catalyst/shared/contract/errors';
import type { z } from 'zod';
import { asSentence } from '../api/errors.ts';

/** The panel's own rules as the validation of a form: one sentence a field, by its dotted path. */
export function validateWith(schema: z.ZodType): (values: Record<string, unknown>) => Record<string, string> {
  return (values) => {
    const parsed = schema.safeParse(values);
    if (parsed.success) return {};
    const errors: Record<string, string> = {};
    for (const { path, message } of toIssues(parsed.error)) {
      errors[path] ??= isBlank(valueAt(values, path)) ? required : asSentence(message);
    }
    return errors;
  };
}

const required = 'Fill this in';

function valueAt(values: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], values);
}

const isBlank = (value: unknown): boolean => value === '' || value === undefined || value === null;
