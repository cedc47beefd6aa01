import { z } from 'zod';
import { displayText, Id, Timestamp } from '../contract/values.ts';

export const Email = z.string().trim().toLowerCase().max(254).pipe(z.email('must be an e-mail address'));

/** What a person may choose as a password. */
export const NewPassword = z
  .string()
  .min(10, 'must have at least 10 characters')
  .max(256, 'must have at most 256 characters')
  .regex(/^[^\0]*$/, 'must not contain NUL')
  .refine((text) => text.isWellFormed(), 'must be valid Unicode');

/** The account name, also the first half of an SFTP user name. */
export const UserName = z.string().regex(/^[a-z0-9_-]{1,32}$/, 'must be 1 to 32 of a-z, 0-9, _ and -');

export const User = z
  .object({
    id: Id,
    email: z.string(),
    name: UserName,
    displayName: displayText(80).nullable(),
    role: z.string(),
    /** The role's permissions; `*` is all of them. */
    permissions: z.array(z.string()),
    createdAt: Timestamp,
  })
  .meta({ id: 'User' });
export type User = z.output<typeof User>;

/** How another record names a user, also one who was deleted since. */
export const UserReference = z.object({ id: Id, name: z.string() });
