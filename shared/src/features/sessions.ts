import { z } from 'zod';
import { NoContent, route } from '../contract/route.ts';
import { Id, PageQuery, pageOf, Timestamp } from '../contract/values.ts';
import { PasskeyAnswer, RecoveryCode, TotpCode } from './factors.ts';
import { Email, NewPassword, User, UserName } from './users.ts';

/** A password as somebody types it, right or wrong. */
export const TypedPassword = z
  .string()
  .min(1, 'must not be empty')
  .max(256, 'must have at most 256 characters')
  .regex(/^[^\0]*$/, 'must not contain NUL')
  .refine((text) => text.isWellFormed(), 'must be valid Unicode');

export const Credentials = z
  .strictObject({ email: Email, password: TypedPassword })
  .meta({ id: 'Credentials' });

export const SignedIn = z
  .object({ token: z.string(), expiresAt: Timestamp, user: User })
  .meta({ id: 'SignedIn' });

/** The second step: the token of the challenge, and one proof. */
export const SecondStep = z
  .strictObject({
    challenge: z.string().max(100),
    code: TotpCode.optional(),
    recoveryCode: RecoveryCode.optional(),
    passkey: PasskeyAnswer.optional(),
  })
  .refine(({ code, recoveryCode, passkey }) => [code, recoveryCode, passkey].filter(Boolean).length === 1, {
    error: 'needs exactly one of code, recoveryCode and passkey',
    path: ['code'],
  })
  .meta({ id: 'SecondStep' });

export const ReauthenticationMethod = z.enum(['password', 'totp', 'passkey', 'provider']);

/** One proof of who sits there now. A provider proves it by its own page, as in a sign-in. */
export const Reauthentication = z
  .strictObject({
    password: TypedPassword.optional(),
    code: TotpCode.optional(),
    passkey: PasskeyAnswer.optional(),
  })
  .refine(({ password, code, passkey }) => [password, code, passkey].filter(Boolean).length === 1, {
    error: 'needs exactly one of password, code and passkey',
    path: ['password'],
  })
  .meta({ id: 'Reauthentication' });

export const Reauthenticated = z
  .object({ authenticatedUntil: Timestamp })
  .meta({ id: 'Reauthenticated', description: 'Until then dangerous actions need no further proof' });

export const ReauthenticationState = z
  .object({ methods: z.array(ReauthenticationMethod), authenticatedUntil: Timestamp.nullable() })
  .meta({ id: 'ReauthenticationState' });

/** Where somebody is signed in. */
export const Session = z
  .object({
    id: Id,
    device: z.object({
      kind: z.enum(['browser', 'desktop', 'program']),
      /** `Firefox`, `curl`; null when it does not say. */
      program: z.string().nullable(),
      /** `Windows`, `Android` … */
      system: z.string().nullable(),
    }),
    userAgent: z.string(),
    ip: z.string(),
    createdAt: Timestamp,
    lastUsedAt: Timestamp,
    expiresAt: Timestamp,
    /** The one that asks. */
    isCurrent: z.boolean(),
  })
  .meta({ id: 'Session' });
export type Session = z.output<typeof Session>;

const SessionParams = z.strictObject({ id: Id });

export const SetupState = z
  .object({
    required: z.literal(true),
    /** Shown when the page is reached without TLS from another machine. */
    insecureTransport: z.boolean(),
  })
  .meta({ id: 'SetupState' });

export const Setup = z
  .strictObject({
    code: z.string().min(1).max(128),
    email: Email,
    password: NewPassword,
    name: UserName,
  })
  .meta({ id: 'Setup' });

export const sessionRoutes = {
  setupState: route({
    method: 'GET',
    url: '/api/setup',
    config: { permission: 'public' },
    schema: {
      summary: 'Whether this panel waits for its first administrator; 404 once there is one',
      tags: ['Setup'],
      response: { 200: SetupState },
    },
  }),
  setup: route({
    method: 'POST',
    url: '/api/setup',
    config: { permission: 'public', audit: 'panel.setup' },
    schema: {
      summary: 'Create the first administrator with the one-time code printed at start',
      tags: ['Setup'],
      body: Setup,
      response: { 201: SignedIn },
    },
  }),
  login: route({
    method: 'POST',
    url: '/api/auth/login',
    config: { permission: 'public', audit: 'session.create' },
    schema: {
      summary:
        'Sign in: sets the session cookie and answers a bearer token valid for 24 hours. Where a second factor is on, ' +
        'the answer is 401 `factor_required` with a challenge for POST /api/auth/factor',
      tags: ['Sessions'],
      body: Credentials,
      response: { 200: SignedIn },
    },
  }),
  factor: route({
    method: 'POST',
    url: '/api/auth/factor',
    config: { permission: 'public', audit: 'session.create' },
    schema: {
      summary: 'The second step of a sign-in: a code of the app, a recovery code or a passkey',
      tags: ['Sessions'],
      body: SecondStep,
      response: { 200: SignedIn },
    },
  }),
  logout: route({
    method: 'POST',
    url: '/api/auth/logout',
    config: { permission: 'signed-in', audit: 'session.delete', notForKeys: true },
    schema: { summary: 'Sign out of this session', tags: ['Sessions'], response: { 204: NoContent } },
  }),
  me: route({
    method: 'GET',
    url: '/api/auth/me',
    config: { permission: 'signed-in' },
    schema: { summary: 'Who is signed in', tags: ['Sessions'], response: { 200: User } },
  }),
  list: route({
    method: 'GET',
    url: '/api/auth/sessions',
    config: { permission: 'signed-in', notForKeys: true },
    schema: {
      summary: 'Where you are signed in, the latest sign-in first',
      tags: ['Sessions'],
      querystring: PageQuery.extend({ cursor: Id.optional() }),
      response: { 200: pageOf(Session) },
    },
  }),
  end: route({
    method: 'DELETE',
    url: '/api/auth/sessions/:id',
    config: { permission: 'signed-in', audit: 'session.delete', notForKeys: true },
    schema: {
      summary: 'End one of your sessions',
      tags: ['Sessions'],
      params: SessionParams,
      response: { 204: NoContent },
    },
  }),
  endOthers: route({
    method: 'DELETE',
    url: '/api/auth/sessions',
    config: { permission: 'signed-in', audit: 'session.delete-others', notForKeys: true },
    schema: {
      summary: 'End all your sessions but this one',
      tags: ['Sessions'],
      response: { 200: z.object({ ended: z.int() }) },
    },
  }),
  reauthenticationState: route({
    method: 'GET',
    url: '/api/auth/reauthenticate',
    config: { permission: 'signed-in', notForKeys: true },
    schema: {
      summary: 'How you can prove who you are, and until when the last proof holds',
      tags: ['Sessions'],
      response: { 200: ReauthenticationState },
    },
  }),
  reauthenticate: route({
    method: 'POST',
    url: '/api/auth/reauthenticate',
    config: { permission: 'signed-in', audit: 'session.reauthenticate', notForKeys: true },
    schema: {
      summary: 'Prove who you are again, for dangerous actions of the next ten minutes in this session',
      tags: ['Sessions'],
      body: Reauthentication,
      response: { 200: Reauthenticated },
    },
  }),
};
