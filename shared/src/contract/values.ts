import { z } from 'zod';

/** UUIDv7, lower case. */
export const Id = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, {
  error: 'must be an id',
});
export type Id = z.output<typeof Id>;

/** A Date in our code, ISO 8601 with milliseconds in UTC on the wire. A codec, because serializers encode. */
export const Timestamp = z
  .codec(z.iso.datetime(), z.date(), {
    decode: (text) => new Date(text),
    encode: (date) => date.toISOString(),
  })
  .meta({ description: 'ISO 8601, UTC' });

/** Text for people on one line: trimmed, something to see, and nothing that turns the text around it backwards. */
export const displayText = (maxLength: number) =>
  z
    .string()
    .trim()
    .min(1, { error: 'must not be empty', abort: true })
    .max(maxLength, `must be at most ${maxLength} characters`)
    .regex(/^[^\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]*$/u, 'must not contain control characters')
    .regex(/[^\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u, 'must have a visible character');

/** Text that may have several lines: no control characters but line breaks and tabs. */
export const plainText = (maxLength: number) =>
  z
    .string()
    .max(maxLength, `must be at most ${maxLength} characters`)
    .regex(/^(?:[^\p{Cc}\p{Cs}]|[\n\t])*$/u, 'must not contain control characters');

/** So many bytes in base64url: a token, a key, a signature, a hash. */
export const base64url = (bytes: number) =>
  z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .length(Math.ceil((bytes * 4) / 3));

export const Port = z.int().min(1).max(65535);

/** Query of every list. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z
    .string()
    .max(512)
    .regex(/^[!-~]+$/, 'is not a cursor of this list')
    .optional(),
});
export type PageQuery = z.output<typeof PageQuery>;

/** Answer of every list; `nextCursor` is null on the last page. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });
export type Page<Item> = { items: Item[]; nextCursor: string | null };
