import { z } from 'zod';
import { NoContent, route } from '../contract/route.ts';
import { displayText, Id, PageQuery, Port, pageOf, Timestamp } from '../contract/values.ts';
import { Email } from './users.ts';

const mailFields = {
  host: z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(255)
    .regex(/^[A-Za-z0-9.:-]+$/, 'must be a host name or an address'),
  port: Port,
  /** `tls` from the first byte (465), `starttls` required after it (587), or `none`. */
  security: z.enum(['tls', 'starttls', 'none']),
  username: z.string().max(255).nullable(),
  from: Email,
  fromName: displayText(80).nullable(),
};

export const MailSettings = z
  .object({
    ...mailFields,
    from: z.string(),
    /** It goes in and never comes out. */
    hasPassword: z.boolean(),
  })
  .meta({ id: 'MailSettings' });

export const NewMailSettings = z
  .strictObject({
    ...mailFields,
    /** Left out: stays as it is, as long as host and user name do. */
    password: z.string().min(1, 'must not be empty').max(1024).nullable().optional(),
  })
  .meta({ id: 'NewMailSettings' });

export const MailState = z
  .object({
    /** Null while no mail is set up; then links are shown to whoever may pass them on. */
    settings: MailSettings.nullable(),
    waiting: z.int(),
    failed: z.int(),
  })
  .meta({ id: 'MailState' });

export const OutgoingMail = z
  .object({
    id: Id,
    kind: z.string(),
    recipient: z.string(),
    /** `waiting` for its turn or the next attempt; `failed` after the last one. */
    state: z.enum(['waiting', 'sent', 'failed']),
    attempts: z.int(),
    problem: z.string().nullable(),
    nextAttemptAt: Timestamp.nullable(),
    createdAt: Timestamp,
    sentAt: Timestamp.nullable(),
  })
  .meta({ id: 'OutgoingMail' });
export type OutgoingMail = z.output<typeof OutgoingMail>;

const tags = ['Mail'];
const OutgoingMailParams = z.strictObject({ id: Id });

export const mailRoutes = {
  get: route({
    method: 'GET',
    url: '/api/admin/mail',
    config: { permission: 'settings.read' },
    schema: { summary: 'How mail is sent, and how much waits', tags, response: { 200: MailState } },
  }),
  set: route({
    method: 'PUT',
    url: '/api/admin/mail',
    config: {
      permission: 'settings.write',
      audit: 'mail.set',
      recentlyAuthenticated: true,
      notForKeys: true,
    },
    schema: { summary: 'Say how mail is sent', tags, body: NewMailSettings, response: { 200: MailState } },
  }),
  remove: route({
    method: 'DELETE',
    url: '/api/admin/mail',
    config: {
      permission: 'settings.write',
      audit: 'mail.remove',
      recentlyAuthenticated: true,
      notForKeys: true,
    },
    schema: { summary: 'Send no mail any more', tags, response: { 204: NoContent } },
  }),
  test: route({
    method: 'POST',
    url: '/api/admin/mail/test',
    config: { permission: 'settings.write', audit: 'mail.test' },
    schema: {
      summary: 'Send a test mail now and say how it went',
      tags,
      body: z.strictObject({ to: Email }),
      response: { 200: z.object({ wasSent: z.boolean(), problem: z.string().nullable() }) },
    },
  }),
  outbox: route({
    method: 'GET',
    url: '/api/admin/mail/outbox',
    config: { permission: 'settings.read' },
    schema: {
      summary: 'Mails of the last week, the latest first',
      tags,
      querystring: PageQuery.extend({ cursor: Id.optional() }),
      response: { 200: pageOf(OutgoingMail) },
    },
  }),
  retry: route({
    method: 'POST',
    url: '/api/admin/mail/outbox/:id/retry',
    config: { permission: 'settings.write', audit: 'mail.retry' },
    schema: {
      summary: 'Try a mail again now',
      tags,
      params: OutgoingMailParams,
      response: { 200: OutgoingMail },
    },
  }),
};
