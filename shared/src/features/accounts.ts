import { z } from 'zod';
import { NoContent, route } from '../contract/route.ts';
import { displayText, Id, PageQuery, pageOf, Timestamp } from '../contract/values.ts';
import { PasskeyAnswer } from './factors.ts';
import { SignedIn, TypedPassword } from './sessions.ts';
import { Email, NewPassword, User, UserName, UserReference } from './users.ts';

export const RegistrationMode = z.enum(['off', 'open', 'invite', 'domain']);
export type RegistrationMode = z.output<typeof RegistrationMode>;

/** A token of a link; it stands behind the `#`, which browsers send nowhere. */
const LinkToken = z.string().max(100);

/** What the pages before a sign-in offer. */
export const SignInOptions = z
  .object({
    registration: RegistrationMode,
    /** With `domain`: what addresses must end in. */
    domains: z.array(z.string()),
    /** Whether the panel can send a link; otherwise an administrator makes one. */
    passwordReset: z.boolean(),
    passkeys: z.boolean(),
    providers: z.array(z.object({ id: Id, name: z.string() })),
    minPasswordLength: z.int(),
  })
  .meta({ id: 'SignInOptions' });

export const Registration = z
  .strictObject({
    email: Email,
    name: UserName,
    displayName: displayText(80).optional(),
    password: NewPassword,
    /** The token of an invitation. */
    invitation: LinkToken.optional(),
  })
  .meta({ id: 'Registration' });

export const Invitation = z
  .object({
    id: Id,
    email: z.string().nullable(),
    role: z.object({ id: Id, name: z.string() }).nullable(),
    invitedBy: UserReference.nullable(),
    createdAt: Timestamp,
    expiresAt: Timestamp,
  })
  .meta({ id: 'Invitation' });
export type Invitation = z.output<typeof Invitation>;

/** A link for somebody, shown this once. `path` is the same without the panel's address. */
export const AccountLink = z
  .object({ url: z.string(), path: z.string(), expiresAt: Timestamp, wasMailed: z.boolean() })
  .meta({ id: 'AccountLink' });

/** Where an account registers, and where links lead: `/register#TOKEN`, `/verify#TOKEN`, `/reset#TOKEN`. */
const tags = ['Accounts'];
const InvitationParams = z.strictObject({ id: Id });

export const accountRoutes = {
  options: route({
    method: 'GET',
    url: '/api/auth/options',
    config: { permission: 'public' },
    schema: {
      summary: 'By what people can sign in and register here',
      tags,
      response: { 200: SignInOptions },
    },
  }),
  register: route({
    method: 'POST',
    url: '/api/auth/register',
    config: { permission: 'public', audit: 'user.register' },
    schema: {
      summary:
        'Make an account: 201 signed in, or 202 when a link was mailed first, whether or not the address has an account',
      tags,
      body: Registration,
      response: { 201: SignedIn, 202: z.object({ email: z.string() }) },
    },
  }),
  invitation: route({
    method: 'POST',
    url: '/api/auth/invitation',
    config: { permission: 'public', audit: 'invitation.open' },
    schema: {
      summary: 'For whom an invitation is',
      tags,
      body: z.strictObject({ token: LinkToken }),
      response: {
        200: z.object({
          email: z.string().nullable(),
          invitedBy: z.string().nullable(),
          expiresAt: Timestamp,
        }),
      },
    },
  }),
  verify: route({
    method: 'POST',
    url: '/api/auth/verify',
    config: { permission: 'public', audit: 'user.verify-email' },
    schema: {
      summary: 'Prove an e-mail address by the link sent there: ends a registration or changes the address',
      tags,
      body: z.strictObject({ token: LinkToken }),
      response: { 200: z.object({ purpose: z.enum(['registration', 'email-change']), email: z.string() }) },
    },
  }),
  forgot: route({
    method: 'POST',
    url: '/api/auth/forgot',
    config: { permission: 'public', audit: 'user.forgot-password' },
    schema: {
      summary: 'Mail a link for a new password, if there is such an account; the answer does not say',
      tags,
      body: z.strictObject({ email: Email }),
      response: { 204: NoContent },
    },
  }),
  reset: route({
    method: 'POST',
    url: '/api/auth/reset',
    config: { permission: 'public', audit: 'user.reset-password' },
    schema: {
      summary: 'Set a new password by a link; ends all sessions. Then sign in',
      tags,
      body: z.strictObject({ token: LinkToken, password: NewPassword }),
      response: { 204: NoContent },
    },
  }),
  updateProfile: route({
    method: 'PUT',
    url: '/api/auth/me',
    config: { permission: 'signed-in', audit: 'user.update-profile', notForKeys: true },
    schema: {
      summary: 'Change your names',
      tags,
      body: z.strictObject({ name: UserName, displayName: displayText(80).nullable() }).partial(),
      response: { 200: User },
    },
  }),
  changeEmail: route({
    method: 'PUT',
    url: '/api/auth/email',
    config: {
      permission: 'signed-in',
      audit: 'user.change-email',
      recentlyAuthenticated: true,
      notForKeys: true,
    },
    schema: {
      summary: 'Change your e-mail address: at once, or (202) when the link mailed to it has been opened',
      tags,
      body: z.strictObject({ email: Email }),
      response: { 200: User, 202: z.object({ email: z.string() }) },
    },
  }),
  changePassword: route({
    method: 'PUT',
    url: '/api/auth/password',
    config: { permission: 'signed-in', audit: 'user.change-password', notForKeys: true },
    schema: {
      summary: 'Change your password, or set the first one; ends your other sessions',
      tags,
      body: z.strictObject({
        /** Left out by whoever has none; then a recent proof of another kind is asked for. */
        currentPassword: TypedPassword.optional(),
        password: NewPassword,
      }),
      response: { 204: NoContent },
    },
  }),
  signInByPasskey: route({
    method: 'POST',
    url: '/api/auth/passkey',
    config: { permission: 'public', audit: 'session.create' },
    schema: {
      summary: 'Sign in with a passkey, which needs no second factor',
      tags: ['Sessions'],
      body: PasskeyAnswer,
      response: { 200: SignedIn },
    },
  }),
  invitations: route({
    method: 'GET',
    url: '/api/admin/invitations',
    config: { permission: 'user.invite' },
    schema: {
      summary: 'Invitations to this panel that nobody has accepted yet',
      tags,
      querystring: PageQuery.extend({ cursor: Id.optional() }),
      response: { 200: pageOf(Invitation) },
    },
  }),
  invite: route({
    method: 'POST',
    url: '/api/admin/invitations',
    config: { permission: 'user.invite', audit: 'invitation.create' },
    schema: {
      summary: 'Invite somebody to this panel, for seven days; the role may hold nothing that you do not',
      tags,
      body: z.strictObject({ email: Email.optional(), roleId: Id.optional() }),
      response: { 201: z.object({ invitation: Invitation, link: AccountLink }) },
    },
  }),
  withdrawInvitation: route({
    method: 'DELETE',
    url: '/api/admin/invitations/:id',
    config: { permission: 'user.invite', audit: 'invitation.delete' },
    schema: {
      summary: 'Withdraw an invitation',
      tags,
      params: InvitationParams,
      response: { 204: NoContent },
    },
  }),
  makeResetLink: route({
    method: 'POST',
    url: '/api/admin/users/:id/reset-link',
    config: {
      permission: 'user.write',
      audit: 'user.make-reset-link',
      recentlyAuthenticated: true,
      notForKeys: true,
    },
    schema: {
      summary:
        'A link by which a user sets a new password, for an hour; only for users who hold nothing that you do not',
      tags,
      params: z.strictObject({ id: Id }),
      response: { 201: AccountLink },
    },
  }),
};
