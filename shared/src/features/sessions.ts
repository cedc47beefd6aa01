import { z } from 'zod';
import { NoContent, route } from '../contract/route.ts';
import { Timestamp } from '../contract/values.ts';
import { Email, NewPassword, User, UserName } from './users.ts';

export const Credentials = z
  .strictObject({
    email: Email,
    password: z
      .string()
      .min(1, 'must not be empty')
      .max(256, 'must have at most 256 characters')
      .regex(/^[^\0]*$/, 'must not contain NUL')
      .refine((text) => text.isWellFormed(), 'must be valid Unicode'),
  })
  .meta({ id: 'Credentials' });

export const SignedIn = z
  .object({ token: z.string(), expiresAt: Timestamp, user: User })
  .meta({ id: 'SignedIn' });

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
      summary: 'Sign in: sets the session cookie and answers a bearer token valid for 24 hours',
      tags: ['Sessions'],
      body: Credentials,
      response: { 200: SignedIn },
    },
  }),
  logout: route({
    method: 'POST',
    url: '/api/auth/logout',
    config: { permission: 'signed-in', audit: 'session.delete' },
    schema: { summary: 'Sign out of this session', tags: ['Sessions'], response: { 204: NoContent } },
  }),
  me: route({
    method: 'GET',
    url: '/api/auth/me',
    config: { permission: 'signed-in' },
    schema: { summary: 'Who is signed in', tags: ['Sessions'], response: { 200: User } },
  }),
};
