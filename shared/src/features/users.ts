import { z } from 'zod';
import { NoContent, route } from '../contract/route.ts';
import { displayText, Id, PageQuery, pageOf, plainText, Timestamp } from '../contract/values.ts';

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
    /** Everything the role (and the key, if one asks) permits, each right by its name; `*` stands for all of them. */
    permissions: z.array(z.string()),
    /** The nodes the role is limited to; null when it counts everywhere. */
    nodeIds: z.array(Id).nullable(),
    createdAt: Timestamp,
  })
  .meta({ id: 'User' });
export type User = z.output<typeof User>;

/** How another record names a user, also one who was deleted since. */
export const UserReference = z.object({ id: Id, name: z.string() });

/** A user as those see him who administer users. */
export const ManagedUser = z
  .object({
    id: Id,
    email: z.string(),
    name: UserName,
    displayName: displayText(80).nullable(),
    role: z.object({ id: Id, name: z.string() }),
    disabledAt: Timestamp.nullable(),
    /** Has to choose a new password at the next sign-in. */
    mustChangePassword: z.boolean(),
    /** Of the servers, how many are his own. */
    ownedServers: z.int(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .meta({ id: 'ManagedUser' });
export type ManagedUser = z.output<typeof ManagedUser>;

const accountFields = {
  email: Email,
  name: UserName,
  displayName: displayText(80).nullable(),
  roleId: Id,
};
export const NewUser = z
  .strictObject({
    ...accountFields,
    displayName: accountFields.displayName.default(null),
    /** The built-in role `user` when left out. */
    roleId: Id.optional(),
    /** Without one the account cannot be signed in to until a password is set. */
    password: NewPassword.optional(),
    mustChangePassword: z.boolean().default(false),
  })
  .meta({ id: 'NewUser' });
export const UserChanges = z.strictObject(accountFields).partial().meta({ id: 'UserChanges' });

const UserParams = z.strictObject({ id: Id });

export const userRoutes = {
  list: route({
    method: 'GET',
    url: '/api/admin/users',
    config: { permission: 'user.read' },
    schema: {
      summary: 'All users, newest first',
      tags: ['Users'],
      querystring: PageQuery.extend({
        cursor: Id.optional(),
        /** In the name, the display name or the e-mail address. */
        q: plainText(100).optional(),
        roleId: Id.optional(),
        status: z.enum(['active', 'disabled']).optional(),
      }),
      response: { 200: pageOf(ManagedUser) },
    },
  }),
  create: route({
    method: 'POST',
    url: '/api/admin/users',
    config: { permission: 'user.write', audit: 'user.create' },
    schema: {
      summary: 'Create a user; nobody gives a role that holds more than he does',
      tags: ['Users'],
      body: NewUser,
      response: { 201: ManagedUser },
    },
  }),
  get: route({
    method: 'GET',
    url: '/api/admin/users/:id',
    config: { permission: 'user.read' },
    schema: { summary: 'One user', tags: ['Users'], params: UserParams, response: { 200: ManagedUser } },
  }),
  update: route({
    method: 'PUT',
    url: '/api/admin/users/:id',
    config: { permission: 'user.write', audit: 'user.update' },
    schema: {
      summary: 'Change a user or his role; felt at once',
      tags: ['Users'],
      params: UserParams,
      body: UserChanges,
      response: { 200: ManagedUser },
    },
  }),
  setPassword: route({
    method: 'POST',
    url: '/api/admin/users/:id/password',
    config: {
      permission: 'user.write',
      audit: 'user.set-password',
      notForKeys: true,
      recentlyAuthenticated: true,
    },
    schema: {
      summary: 'Give a user another password; ends all of his sessions',
      tags: ['Users'],
      params: UserParams,
      body: z
        .strictObject({ password: NewPassword, mustChangePassword: z.boolean().default(true) })
        .meta({ id: 'GivenPassword' }),
      response: { 204: NoContent },
    },
  }),
  signOut: route({
    method: 'POST',
    url: '/api/admin/users/:id/sign-out',
    config: { permission: 'user.write', audit: 'user.sign-out' },
    schema: {
      summary: "End all of a user's sessions",
      tags: ['Users'],
      params: UserParams,
      response: { 204: NoContent },
    },
  }),
  disable: route({
    method: 'POST',
    url: '/api/admin/users/:id/disable',
    config: { permission: 'user.write', audit: 'user.disable' },
    schema: {
      summary: 'Lock a user out: sessions end and keys stop; his servers stay',
      tags: ['Users'],
      params: UserParams,
      response: { 200: ManagedUser },
    },
  }),
  enable: route({
    method: 'POST',
    url: '/api/admin/users/:id/enable',
    config: { permission: 'user.write', audit: 'user.enable' },
    schema: {
      summary: 'Let a disabled user in again',
      tags: ['Users'],
      params: UserParams,
      response: { 200: ManagedUser },
    },
  }),
  delete: route({
    method: 'DELETE',
    url: '/api/admin/users/:id',
    config: { permission: 'user.delete', audit: 'user.delete' },
    schema: {
      summary: 'Delete a user; his servers have to go to somebody else first, or with `transferServersTo`',
      tags: ['Users'],
      params: UserParams,
      querystring: z.strictObject({ transferServersTo: Id.optional() }),
      response: { 204: NoContent },
    },
  }),
};
