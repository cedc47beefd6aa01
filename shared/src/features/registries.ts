import { z } from 'zod';
import { NoContent, route } from '../contract/route.ts';
import { Id, PageQuery, pageOf, Timestamp } from '../contract/values.ts';

const dockerHub = 'docker.io';
/** Other names of Docker's own registry; the last is where its API really is. */
const dockerHubNames = [dockerHub, 'index.docker.io', 'registry-1.docker.io'];

/** One spelling for each registry. Docker's command line keeps its own as `https://index.docker.io/v1/`. */
export function canonicalRegistry(text: string): string {
  const host = text
    .toLowerCase()
    .replace(/^https:\/\//, '')
    .replace(/\/(v[12]\/?)?$/, '');
  return dockerHubNames.includes(host) ? dockerHub : host;
}

/** The registry that an image's name leads to. Agents parse names strictly and have the last word on who gets a login. */
export function registryOf(reference: string): string {
  const slash = reference.indexOf('/');
  const first = slash < 0 ? '' : reference.slice(0, slash);
  const isRegistry = first === 'localhost' || /[.:A-Z]/.test(first);
  return isRegistry ? canonicalRegistry(first) : dockerHub;
}

const RegistryHost = z
  .string()
  .trim()
  .max(255)
  .overwrite(canonicalRegistry)
  .regex(
    /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[0-9]{1,5})?$/,
    'must be a host name, with a port if it needs one',
  );

/** A private registry that images come from. Its password goes in and never comes out. */
export const Registry = z
  .object({
    id: Id,
    host: z.string(),
    username: z.string(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .meta({ id: 'Registry' });
export type Registry = z.output<typeof Registry>;

const registryFields = {
  host: RegistryHost,
  username: z
    .string()
    .min(1, 'must not be empty')
    .max(255)
    .regex(/^[^\p{Cc}\p{Cs}:]*$/u, 'must not contain a colon or control characters'),
  password: z.string().min(1, 'must not be empty').max(4096),
};
export const NewRegistry = z.strictObject(registryFields).meta({ id: 'NewRegistry' });
/** The host stays: a password given for one registry must not be sent to another. */
export const RegistryChanges = z
  .strictObject({ username: registryFields.username, password: registryFields.password })
  .partial()
  .meta({ id: 'RegistryChanges' });

const RegistryParams = z.strictObject({ id: Id });

export const registryRoutes = {
  list: route({
    method: 'GET',
    url: '/api/registries',
    config: { permission: 'settings.read' },
    schema: {
      summary: 'The private registries that the panel has logins for',
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
      summary: 'Add the login of a registry; it is used for images of exactly this host',
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
      summary: 'Change the user name or the password of a registry',
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
      summary: 'Forget a login; images that are on nodes stay there',
      tags: ['Registries'],
      params: RegistryParams,
      response: { 204: NoContent },
    },
  }),
};
