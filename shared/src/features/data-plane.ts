import { z } from 'zod';
import { NoContent, route } from '../contract/route.ts';
import { base64url } from '../contract/values.ts';

/** Bytes travel beside the socket: the agent opens a plain request to the panel whose body, or answer, is the stream. */
export const dataPlaneRoutes = {
  upload: route({
    method: 'POST',
    url: '/api/data/:ticket',
    config: { permission: 'ticket', stream: 'upload' },
    schema: {
      summary: 'An agent delivers the stream that a one-use ticket was issued for',
      tags: ['Agents'],
      params: z.strictObject({ ticket: base64url(32) }),
      response: { 204: NoContent },
    },
  }),
  download: route({
    method: 'GET',
    url: '/api/data/:ticket',
    config: { permission: 'ticket', stream: 'download' },
    schema: {
      summary: 'An agent fetches the stream that a one-use ticket was issued for',
      tags: ['Agents'],
      params: z.strictObject({ ticket: base64url(32) }),
      response: { 200: z.any().meta({ description: 'application/octet-stream' }) },
    },
  }),
};
