import { AppError, toIssues } from '@catalyst/shared/contract/errors';
import { z } from 'zod';

/** Checks what comes in; the issues of a body or query carry the names of its fields. */
export function validatorFor({ schema, httpPart }: { schema: z.ZodType; httpPart?: string }) {
  return (data: unknown) => {
    const parsed = schema.safeParse(data);
    if (parsed.success) return { value: parsed.data };
    // What a URL does not name is not there.
    if (httpPart === 'params')
      return { error: new AppError('not_found', 'There is nothing at this address') };
    return {
      error: new AppError('invalid_input', 'Some of the input is not right', {
        issues: toIssues(parsed.error),
      }),
    };
  };
}

/** Writes what goes out, as the contract says it looks on the wire. */
export function serializerFor({ schema, method, url }: { schema: z.ZodType; method: string; url: string }) {
  return (data: unknown): string => {
    const encoded = z.safeEncode(schema, data as never);
    if (!encoded.success) {
      throw new Error(`The answer of ${method} ${url} breaks its schema`, { cause: encoded.error });
    }
    return JSON.stringify(encoded.data);
  };
}
