import { z } from 'zod';
import { route } from '../contract/route.ts';

export const SystemInfo = z
  .object({
    version: z.string(),
    database: z.enum(['sqlite', 'postgres']),
    /** The browser reached the panel without TLS, from another machine. */
    insecureTransport: z.boolean(),
    /** SHA-256 of the panel's certificate key, as agents pin it. */
    tlsFingerprint: z.string(),
    panelFingerprint: z.string(),
    dataDirectory: z.string(),
    startedAt: z.iso.datetime(),
  })
  .meta({ id: 'SystemInfo' });

export const systemRoutes = {
  health: route({
    method: 'GET',
    url: '/health',
    config: { permission: 'public' },
    schema: {
      summary: 'Whether the panel is ready',
      tags: ['System'],
      response: { 200: z.object({ status: z.literal('ok') }) },
    },
  }),
  info: route({
    method: 'GET',
    url: '/api/system',
    config: { permission: 'settings.read' },
    schema: { summary: 'About this panel', tags: ['System'], response: { 200: SystemInfo } },
  }),
};
