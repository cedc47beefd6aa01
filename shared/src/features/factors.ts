import { z } from 'zod';
import { NoContent, route } from '../contract/route.ts';
import { displayText, Id, Timestamp } from '../contract/values.ts';

/** Six digits of an authenticator app; people type spaces among them. */
export const TotpCode = z
  .string()
  .max(16)
  .overwrite((text) => text.replace(/\s/g, ''))
  .regex(/^\d{6}$/, 'must be six digits');

/** As it was shown, in any case and with or without the dashes. */
export const RecoveryCode = z
  .string()
  .max(40)
  .overwrite((text) => text.toLowerCase().replace(/[\s-]/g, ''))
  .regex(/^[a-z2-7]{16}$/, 'must be a recovery code');

const bytes = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .regex(/^[A-Za-z0-9_-]*$/, 'must be base64url');

/** What `navigator.credentials.get()` gave, as its `toJSON()` says it, with the ceremony it answers. */
export const PasskeyAnswer = z
  .strictObject({
    ceremony: z.string().max(100),
    response: z.object({
      id: bytes(1400),
      rawId: bytes(1400),
      type: z.literal('public-key'),
      authenticatorAttachment: z.string().max(40).nullish(),
      clientExtensionResults: z.record(z.string(), z.unknown()),
      response: z.object({
        clientDataJSON: bytes(8000),
        authenticatorData: bytes(8000),
        signature: bytes(4000),
        userHandle: bytes(200).nullish(),
      }),
    }),
  })
  .meta({ id: 'PasskeyAnswer' });

/** What `navigator.credentials.create()` gave, as its `toJSON()` says it. */
const NewPasskey = z
  .strictObject({
    ceremony: z.string().max(100),
    name: displayText(60),
    response: z.object({
      id: bytes(1400),
      rawId: bytes(1400),
      type: z.literal('public-key'),
      authenticatorAttachment: z.string().max(40).nullish(),
      clientExtensionResults: z.record(z.string(), z.unknown()),
      response: z.object({
        clientDataJSON: bytes(8000),
        attestationObject: bytes(32_000),
        transports: z.array(z.string().max(40)).max(10).optional(),
      }),
    }),
  })
  .meta({ id: 'NewPasskey' });

/**
 * `options` goes to `PublicKeyCredential.parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON` as it is;
 * `ceremony` comes back with the answer. It works once and for five minutes.
 */
export const PasskeyCeremony = z
  .object({ ceremony: z.string(), options: z.record(z.string(), z.unknown()) })
  .meta({ id: 'PasskeyCeremony' });

export const Passkey = z
  .object({
    id: Id,
    name: z.string(),
    createdAt: Timestamp,
    lastUsedAt: Timestamp.nullable(),
    /** Kept by a service that copies it to the owner's other devices. */
    isSynced: z.boolean(),
    /** The host name it works for; others have to be made for another. */
    host: z.string(),
  })
  .meta({ id: 'Passkey' });
export type Passkey = z.output<typeof Passkey>;

/** An account elsewhere that signs in here. */
export const Identity = z
  .object({
    id: Id,
    provider: z.object({ id: z.string(), name: z.string() }),
    /** As the provider calls it. */
    label: z.string(),
    createdAt: Timestamp,
    lastUsedAt: Timestamp.nullable(),
  })
  .meta({ id: 'Identity' });

export const Factors = z
  .object({
    hasPassword: z.boolean(),
    totp: z.object({ isEnabled: z.boolean(), enabledAt: Timestamp.nullable() }),
    recoveryCodesLeft: z.int(),
    passkeys: z.array(Passkey),
    /** Null when passkeys work at this address, otherwise why they do not. */
    passkeyProblem: z.string().nullable(),
    identities: z.array(Identity),
  })
  .meta({ id: 'Factors' });

export const TotpEnrolment = z
  .object({
    /** Base32, for typing. */
    secret: z.string(),
    /** `otpauth://totp/…`, for a QR code. */
    uri: z.string(),
  })
  .meta({ id: 'TotpEnrolment' });

export const RecoveryCodes = z
  .object({ recoveryCodes: z.array(z.string()) })
  .meta({ id: 'RecoveryCodes', description: 'Shown this once' });

const PasskeyParams = z.strictObject({ id: Id });
const tags = ['Second factor'];

export const factorRoutes = {
  get: route({
    method: 'GET',
    url: '/api/auth/factors',
    config: { permission: 'signed-in', notForKeys: true },
    schema: { summary: 'By what you can sign in', tags, response: { 200: Factors } },
  }),
  beginTotp: route({
    method: 'POST',
    url: '/api/auth/totp',
    config: {
      permission: 'signed-in',
      audit: 'factor.begin-totp',
      recentlyAuthenticated: true,
      notForKeys: true,
    },
    schema: {
      summary: 'A secret for an authenticator app; it counts once a code of it was confirmed',
      tags,
      response: { 201: TotpEnrolment },
    },
  }),
  confirmTotp: route({
    method: 'POST',
    url: '/api/auth/totp/confirm',
    config: {
      permission: 'signed-in',
      audit: 'factor.enable-totp',
      recentlyAuthenticated: true,
      notForKeys: true,
    },
    schema: {
      summary: 'Turn codes on, with a first one; answers the recovery codes and ends your other sessions',
      tags,
      body: z.strictObject({ code: TotpCode }),
      response: { 200: RecoveryCodes },
    },
  }),
  removeTotp: route({
    method: 'DELETE',
    url: '/api/auth/totp',
    config: {
      permission: 'signed-in',
      audit: 'factor.disable-totp',
      recentlyAuthenticated: true,
      notForKeys: true,
    },
    schema: { summary: 'Turn codes off; ends your other sessions', tags, response: { 204: NoContent } },
  }),
  renewRecoveryCodes: route({
    method: 'POST',
    url: '/api/auth/recovery-codes',
    config: {
      permission: 'signed-in',
      audit: 'factor.renew-recovery-codes',
      recentlyAuthenticated: true,
      notForKeys: true,
    },
    schema: {
      summary: 'New recovery codes; the old ones end, and so do your other sessions',
      tags,
      response: { 200: RecoveryCodes },
    },
  }),
  beginPasskey: route({
    method: 'POST',
    url: '/api/auth/passkeys/options',
    config: {
      permission: 'signed-in',
      audit: 'factor.begin-passkey',
      recentlyAuthenticated: true,
      notForKeys: true,
    },
    schema: { summary: 'What the browser needs to make a passkey', tags, response: { 200: PasskeyCeremony } },
  }),
  addPasskey: route({
    method: 'POST',
    url: '/api/auth/passkeys',
    config: {
      permission: 'signed-in',
      audit: 'factor.add-passkey',
      recentlyAuthenticated: true,
      notForKeys: true,
    },
    schema: {
      summary: 'Keep the passkey that the browser made; ends your other sessions',
      tags,
      body: NewPasskey,
      response: { 201: Passkey },
    },
  }),
  renamePasskey: route({
    method: 'PUT',
    url: '/api/auth/passkeys/:id',
    config: { permission: 'signed-in', audit: 'factor.rename-passkey', notForKeys: true },
    schema: {
      summary: 'Call a passkey something else',
      tags,
      params: PasskeyParams,
      body: z.strictObject({ name: displayText(60) }),
      response: { 200: Passkey },
    },
  }),
  removePasskey: route({
    method: 'DELETE',
    url: '/api/auth/passkeys/:id',
    config: {
      permission: 'signed-in',
      audit: 'factor.remove-passkey',
      recentlyAuthenticated: true,
      notForKeys: true,
    },
    schema: {
      summary: 'Forget a passkey; ends your other sessions',
      tags,
      params: PasskeyParams,
      response: { 204: NoContent },
    },
  }),
  askForPasskey: route({
    method: 'POST',
    url: '/api/auth/passkey/options',
    config: { permission: 'public', audit: 'session.ask-passkey' },
    schema: {
      summary:
        'What the browser needs to prove a passkey: of anybody, or of the one a challenge or a session names',
      tags,
      body: z.strictObject({
        purpose: z.enum(['sign-in', 'factor', 'reauthenticate']),
        /** Of `factor_required`; only for the purpose `factor`. */
        challenge: z.string().max(100).optional(),
      }),
      response: { 200: PasskeyCeremony },
    },
  }),
};
