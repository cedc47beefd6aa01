import { z } from 'zod';
import { NoContent, route } from '../contract/route.ts';
import { displayText, Id, PageQuery, pageOf, Timestamp } from '../contract/values.ts';
import { PermissionName } from './roles.ts';
import { UserReference } from './users.ts';

/** A key for programs. It may do what is in its scopes and its owner may do at that moment. */
export const ApiKey = z
  .object({
    id: Id,
    name: z.string(),
    /** The beginning of the key, to recognise it by; the rest is nowhere. */
    prefix: z.string(),
    owner: UserReference,
    scopes: z.array(z.string()),
    expiresAt: Timestamp.nullable(),
    /** Null: as many as a signed-in user. */
    requestsPerMinute: z.int().nullable(),
    /** Addresses and networks it may be used from; empty for all. */
    allowedAddresses: z.array(z.string()),
    lastUsedAt: Timestamp.nullable(),
    lastUsedIp: z.string().nullable(),
    createdAt: Timestamp,
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.output<typeof ApiKey>;

/** `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`. */
const AddressOrNetwork = z.union(
  [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()],
  'must be an address or a network',
);

const keyFields = {
  name: displayText(60),
  scopes: z
    .array(PermissionName)
    .min(1, 'must name at least one permission')
    .max(100)
    .refine((names) => new Set(names).size === names.length, 'must name each permission once'),
  expiresAt: Timestamp.nullable(),
  requestsPerMinute: z.int().min(1).max(1_000_000).nullable(),
  allowedAddresses: z.array(AddressOrNetwork).max(50),
};
export const NewApiKey = z
  .strictObject({
    ...keyFields,
    expiresAt: keyFields.expiresAt.default(null),
    requestsPerMinute: keyFields.requestsPerMinute.default(null),
    allowedAddresses: keyFields.allowedAddresses.default([]),
  })
  .meta({ id: 'NewApiKey' });
export const ApiKeyChanges = z.strictObject(keyFields).partial().meta({ id: 'ApiKeyChanges' });

/** `key` is told this once. */
export const CreatedApiKey = ApiKey.extend({ key: z.string() }).meta({ id: 'CreatedApiKey' });

const KeyParams = z.strictObject({ id: Id });
const KeyQuery = PageQuery.extend({ cursor: Id.optional() });

/** A person's own keys. */
export const apiKeyRoutes = {
  list: route({
    method: 'GET',
    url: '/api/account/api-keys',
    config: { permission: 'signed-in', notForKeys: true },
    schema: {
      summary: "The caller's own API keys",
      tags: ['API keys'],
      querystring: KeyQuery,
      response: { 200: pageOf(ApiKey) },
    },
  }),
  create: route({
    method: 'POST',
    url: '/api/account/api-keys',
    config: {
      permission: 'signed-in',
      audit: 'apikey.create',
      notForKeys: true,
      recentlyAuthenticated: true,
    },
    schema: {
      summary: 'Create a key for programs, sent as `x-api-key` or as a bearer token',
      tags: ['API keys'],
      body: NewApiKey,
      response: { 201: CreatedApiKey },
    },
  }),
  update: route({
    method: 'PUT',
    url: '/api/account/api-keys/:id',
    config: { permission: 'signed-in', audit: 'apikey.update', notForKeys: true },
    schema: {
      summary: "Change one of the caller's own keys",
      tags: ['API keys'],
      params: KeyParams,
      body: ApiKeyChanges,
      response: { 200: ApiKey },
    },
  }),
  revoke: route({
    method: 'DELETE',
    url: '/api/account/api-keys/:id',
    config: { permission: 'signed-in', audit: 'apikey.revoke', notForKeys: true },
    schema: {
      summary: "Revoke one of the caller's own keys at once",
      tags: ['API keys'],
      params: KeyParams,
      response: { 204: NoContent },
    },
  }),
};

/** Everyone's. */
export const adminApiKeyRoutes = {
  list: route({
    method: 'GET',
    url: '/api/admin/api-keys',
    config: { permission: 'apikey.read' },
    schema: {
      summary: "Everyone's API keys",
      tags: ['API keys'],
      querystring: KeyQuery.extend({ userId: Id.optional() }),
      response: { 200: pageOf(ApiKey) },
    },
  }),
  create: route({
    method: 'POST',
    url: '/api/admin/api-keys',
    config: {
      permission: 'apikey.write',
      audit: 'apikey.create',
      notForKeys: true,
      recentlyAuthenticated: true,
    },
    schema: {
      summary: 'Create a key of the caller, as `/api/account/api-keys` does',
      tags: ['API keys'],
      body: NewApiKey,
      response: { 201: CreatedApiKey },
    },
  }),
  update: route({
    method: 'PUT',
    url: '/api/admin/api-keys/:id',
    config: { permission: 'apikey.write', audit: 'apikey.update', notForKeys: true },
    schema: {
      summary: 'Change a key of anyone who holds no more than the caller',
      tags: ['API keys'],
      params: KeyParams,
      body: ApiKeyChanges,
      response: { 200: ApiKey },
    },
  }),
  revoke: route({
    method: 'DELETE',
    url: '/api/admin/api-keys/:id',
    config: { permission: 'apikey.write', audit: 'apikey.revoke' },
    schema: {
      summary: "Revoke anyone's key at once",
      tags: ['API keys'],
      params: KeyParams,
      response: { 204: NoContent },
    },
  }),
};
