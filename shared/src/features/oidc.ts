import { z } from 'zod';
import { FactorChallenge } from '../contract/errors.ts';
import { NoContent, route } from '../contract/route.ts';
import { displayText, Id, PageQuery, pageOf, Timestamp } from '../contract/values.ts';
import { Reauthenticated, SignedIn } from './sessions.ts';

const providerFields = {
  name: displayText(60),
  issuer: z.url({ protocol: /^https?$/ }).max(300),
  clientId: z.string().trim().min(1, 'must not be empty').max(300),
  scopes: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/, 'must be a scope')).max(20),
  /** People without an account get one at their first sign-in. */
  allowCreate: z.boolean(),
  /** Its word on verified addresses is believed: an account of the same, verified address is linked without more. */
  isTrusted: z.boolean(),
  /** Its second factor is as good as ours: who comes from there is asked for none. */
  skipsFactor: z.boolean(),
  /** Name of the claim that lists groups; null: roles are not touched. */
  groupClaim: z.string().trim().min(1).max(100).nullable(),
  /** The first that fits gives the role, at each sign-in; without a fit the role stays as it is. */
  groupRoles: z.array(z.strictObject({ group: z.string().min(1).max(200), roleId: Id })).max(50),
  isEnabled: z.boolean(),
};

/** An OpenID provider. Its secret goes in and never comes out. */
export const OidcProvider = z
  .object({
    id: Id,
    ...providerFields,
    hasSecret: z.boolean(),
    /** To be entered at the provider. */
    redirectUri: z.string(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .meta({ id: 'OidcProvider' });
export type OidcProvider = z.output<typeof OidcProvider>;

const clientSecret = z.string().min(1, 'must not be empty').max(1024).nullable();
export const NewOidcProvider = z
  .strictObject({
    ...providerFields,
    scopes: providerFields.scopes.default(['openid', 'email', 'profile']),
    allowCreate: providerFields.allowCreate.default(false),
    isTrusted: providerFields.isTrusted.default(false),
    skipsFactor: providerFields.skipsFactor.default(false),
    groupClaim: providerFields.groupClaim.default(null),
    groupRoles: providerFields.groupRoles.default([]),
    isEnabled: providerFields.isEnabled.default(true),
    clientSecret: clientSecret.default(null),
  })
  .meta({ id: 'NewOidcProvider' });
/** Another issuer is another provider: a secret for one must not be sent to the other. */
export const OidcProviderChanges = z
  .strictObject({ ...providerFields, clientSecret })
  .omit({ issuer: true })
  .partial()
  .meta({ id: 'OidcProviderChanges' });

export const OidcPurpose = z.enum(['sign-in', 'link', 'reauthenticate']);

/** What came of the way over the provider; by `purpose`, one of the others is there. */
export const OidcOutcome = z
  .object({
    purpose: OidcPurpose,
    signedIn: SignedIn.optional(),
    reauthenticated: Reauthenticated.optional(),
    /** A second factor is asked for here as well. */
    challenge: FactorChallenge.optional(),
  })
  .meta({ id: 'OidcOutcome' });

const ProviderParams = z.strictObject({ id: Id });
const tags = ['OpenID'];

export const oidcRoutes = {
  start: route({
    method: 'POST',
    url: '/api/auth/oidc/:id/start',
    config: { permission: 'public', audit: 'session.start-oidc' },
    schema: {
      summary: 'Where to send the browser, which keeps a cookie until it comes back to /sign-in/callback',
      tags,
      params: ProviderParams,
      body: z.strictObject({ purpose: OidcPurpose.default('sign-in') }),
      response: { 200: z.object({ url: z.string() }) },
    },
  }),
  finish: route({
    method: 'POST',
    url: '/api/auth/oidc/callback',
    config: { permission: 'public', audit: 'session.create' },
    schema: {
      summary: 'What the provider sent the browser back with, as it stands in the address of the page',
      tags,
      body: z.strictObject({ search: z.string().max(8000).regex(/^\?/, 'must start with ?') }),
      response: { 200: OidcOutcome },
    },
  }),
  unlink: route({
    method: 'DELETE',
    url: '/api/auth/identities/:id',
    config: {
      permission: 'signed-in',
      audit: 'factor.remove-identity',
      recentlyAuthenticated: true,
      notForKeys: true,
    },
    schema: {
      summary: 'No longer sign in by this account of a provider',
      tags,
      params: z.strictObject({ id: Id }),
      response: { 204: NoContent },
    },
  }),
  list: route({
    method: 'GET',
    url: '/api/admin/oidc-providers',
    config: { permission: 'settings.read' },
    schema: {
      summary: 'Providers that people can sign in by',
      tags,
      querystring: PageQuery.extend({ cursor: Id.optional() }),
      response: { 200: pageOf(OidcProvider) },
    },
  }),
  create: route({
    method: 'POST',
    url: '/api/admin/oidc-providers',
    config: {
      permission: 'settings.write',
      audit: 'provider.create',
      recentlyAuthenticated: true,
      notForKeys: true,
    },
    schema: { summary: 'Add a provider', tags, body: NewOidcProvider, response: { 201: OidcProvider } },
  }),
  update: route({
    method: 'PUT',
    url: '/api/admin/oidc-providers/:id',
    config: {
      permission: 'settings.write',
      audit: 'provider.update',
      recentlyAuthenticated: true,
      notForKeys: true,
    },
    schema: {
      summary: 'Change a provider',
      tags,
      params: ProviderParams,
      body: OidcProviderChanges,
      response: { 200: OidcProvider },
    },
  }),
  delete: route({
    method: 'DELETE',
    url: '/api/admin/oidc-providers/:id',
    config: {
      permission: 'settings.write',
      audit: 'provider.delete',
      recentlyAuthenticated: true,
      notForKeys: true,
    },
    schema: {
      summary: 'Forget a provider; who signed in only by it needs a link for a password',
      tags,
      params: ProviderParams,
      response: { 204: NoContent },
    },
  }),
  test: route({
    method: 'POST',
    url: '/api/admin/oidc-providers/:id/test',
    config: { permission: 'settings.write', audit: 'provider.test' },
    schema: {
      summary: 'Whether the provider answers as one',
      tags,
      params: ProviderParams,
      response: { 200: z.object({ answers: z.boolean(), problem: z.string().nullable() }) },
    },
  }),
};
