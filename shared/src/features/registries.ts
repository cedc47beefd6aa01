import { z } from 'zod';
import { NoContent, route } from '../contract/route.ts';
import { Id, PageQuery, pageOf, Timestamp } from '../contract/values.ts';
import { canonicalRegistry } from './registry-names.ts';

const RegistryHost = z
  .string()
  .trim()
  .max(255)
  .overwrite(canonicalRegistry)
  .regex(
    /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[0-9]{1,5})?$/,
    'must be a host name, with a port if it needs one',
  );

/**
 * A registry that an admin trusts: nodes may fetch images from exactly this host although its address is not public. Its
 * password goes in and never comes out.
 */
export const Registry = z
  .object({
    id: Id,
    host: z.string(),
    /** Spoken to without TLS: whoever listens on the way reads the login and changes images. */
    plainHttp: z.boolean(),
    /** Null where no login is needed. */
    username: z.string().nullable(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .meta({ id: 'Registry' });
export type Registry = z.output<typeof Registry>;

const Username = z
  .string()
  .min(1, 'must not be empty')
  .max(255)
  .regex(/^[^\p{Cc}\p{Cs}:]*$/u, 'must not contain a colon or control characters');
const Password = z.string().min(1, 'must not be empty').max(4096);

export const NewRegistry = z
  .strictObject({
    host: RegistryHost,
    /** Registries on the node itself (`localhost`, 127.x.x.x) are always spoken to without TLS. */
    plainHttp: z.boolean().default(false),
    username: Username.optional(),
    password: Password.optional(),
  })
  .refine(({ username, password }) => username === undefined || password !== undefined, {
    path: ['password'],
    message: 'must be given with a user name',
  })
  .refine(({ username, password }) => password === undefined || username !== undefined, {
    path: ['username'],
    message: 'must be given with a password',
  })
  .meta({ id: 'NewRegistry' });
/** The host stays: a password given for one registry must not be sent to another. */
export const RegistryChanges = z
  .strictObject({
    plainHttp: z.boolean(),
    /** Null for no login any more. */
    username: Username.nullable(),
    password: Password,
  })
  .partial()
  .meta({ id: 'RegistryChanges' });

const RegistryParams = z.strictObject({ id: Id });

export const registryRoutes = {
  list: route({
    method: 'GET',
    url: '/api/registries',
    config: { permission: 'settings.read' },
    schema: {
      summary: 'The registries that nodes may use wherever they are, and those with a login',
      tags: ['Registries'],
      querystring: PageQuery.extend({ cursor: Id.optional() }),
      response: { 200: pageOf(Registry) },
    },
  }),
  create: route({
    method: 'POST',
    url: '/api/registries',
    config: { permission: 'settings.write', audit: 'registry.create' },
    schema: {
      summary:
        'Trust a registry: nodes may fetch images from exactly this host, also in a private network, with its login if it has one',
      tags: ['Registries'],
      body: NewRegistry,
      response: { 201: Registry },
    },
  }),
  get: route({
    method: 'GET',
    url: '/api/registries/:id',
    config: { permission: 'settings.read' },
    schema: {
      summary: 'One registry, without its password',
      tags: ['Registries'],
      params: RegistryParams,
      response: { 200: Registry },
    },
  }),
  update: route({
    method: 'PUT',
    url: '/api/registries/:id',
    config: { permission: 'settings.write', audit: 'registry.update' },
    schema: {
      summary: 'Change the login of a registry, or whether it is spoken to without TLS',
      tags: ['Registries'],
      params: RegistryParams,
      body: RegistryChanges,
      response: { 200: Registry },
    },
  }),
  delete: route({
    method: 'DELETE',
    url: '/api/registries/:id',
    config: { permission: 'settings.write', audit: 'registry.delete' },
    schema: {
      summary: 'Trust a registry no longer, and forget its login; images that are on nodes stay there',
      tags: ['Registries'],
      params: RegistryParams,
      response: { 204: NoContent },
    },
  }),
};
