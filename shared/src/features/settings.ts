import { z } from 'zod';
import { route } from '../contract/route.ts';
import { RegistrationMode } from './accounts.ts';

const Domain = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(
    /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/,
    'must be a domain (example.com)',
  );

const Origin = z
  .url({ protocol: /^https?$/, error: 'must be an address that starts with https://' })
  .max(300)
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text.replace(/\/$/, ''),
    'must have no path',
  )
  .overwrite((text) => text.replace(/\/$/, ''));

const Network = z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()], {
  error: 'must be an address or a network (10.0.0.0/8)',
});

const settingFields = {
  registration: z.strictObject({ mode: RegistrationMode, domains: z.array(Domain).max(50) }),
  /** Where people reach the panel; links in mails, passkeys and providers need it. Null: where it listens. */
  publicUrl: Origin.nullable(),
  passwords: z.strictObject({
    minLength: z.int().min(10).max(64),
    /** Asks a range API (only the first five digits of a hash leave the panel); null: the bundled list only. */
    breachApiUrl: z
      .url({ protocol: /^https?$/ })
      .max(300)
      .nullable(),
  }),
  /** Who deletes a suspended server: only who may suspend servers there, or its owner, too. */
  suspendedDeletion: z.enum(['administrators', 'owner']),
  /** What one request may upload, in megabytes; resumable uploads are limited only by the server's disk. */
  uploadLimitMb: z.int().min(1, 'must be at least 1 MB').max(102_400, 'must be at most 102,400 MB'),
  /** Addresses of private networks that the panel may call: providers, the range API. */
  allowedNetworks: z.array(Network).max(50),
};

export const PanelSettings = z
  .object({
    ...settingFields,
    /** The address comes from the environment and cannot be changed here. */
    isPublicUrlFixed: z.boolean(),
    /** What links begin with at the moment. */
    linkBase: z.string(),
  })
  .meta({ id: 'PanelSettings' });
export const PanelSettingChanges = z
  .strictObject(settingFields)
  .partial()
  .meta({ id: 'PanelSettingChanges' });

const tags = ['Settings'];

export const settingRoutes = {
  get: route({
    method: 'GET',
    url: '/api/admin/settings',
    config: { permission: 'settings.read' },
    schema: { summary: 'The settings of this panel', tags, response: { 200: PanelSettings } },
  }),
  update: route({
    method: 'PUT',
    url: '/api/admin/settings',
    config: {
      permission: 'settings.write',
      audit: 'settings.update',
      recentlyAuthenticated: true,
      notForKeys: true,
    },
    schema: {
      summary: 'Change settings; what is left out stays',
      tags,
      body: PanelSettingChanges,
      response: { 200: PanelSettings },
    },
  }),
};
