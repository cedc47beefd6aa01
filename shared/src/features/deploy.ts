import { z } from 'zod';
import { route } from '../contract/route.ts';
import { Timestamp } from '../contract/values.ts';

/** The secret that the panel has put into an install script: in a body, never in an address. */
const InstallSecret = z.strictObject({ secret: z.string().min(1).max(128) }).meta({ id: 'InstallSecret' });

/** What a machine asks that is about to become a node. Anything used, expired or unknown is the same `not_found`. */
export const deployRoutes = {
  script: route({
    method: 'GET',
    url: '/api/deploy/:token',
    config: { permission: 'public', audit: 'node.install-script', stream: 'download' },
    schema: {
      summary:
        'The script that installs an agent, once for each fetch code; with the code alone nobody enrols',
      tags: ['Nodes'],
      params: z.strictObject({ token: z.string().max(512) }),
      response: { 200: z.any().meta({ description: 'A script for /bin/sh' }) },
    },
  }),
  package: route({
    method: 'POST',
    url: '/api/deploy/package',
    config: { permission: 'public', audit: 'node.install-package', stream: 'download' },
    schema: {
      summary: 'The agent and the Node it runs on, for the holder of an install secret',
      tags: ['Nodes'],
      body: InstallSecret,
      response: { 200: z.any().meta({ description: 'A compressed tar archive' }) },
    },
  }),
  enrolment: route({
    method: 'POST',
    url: '/api/deploy/enrolment',
    config: { permission: 'public', audit: 'node.install-enrolment' },
    schema: {
      summary: 'A deployment token in exchange for an install secret, once; earlier tokens of the node end',
      tags: ['Nodes'],
      body: InstallSecret,
      response: { 200: z.object({ token: z.string(), expiresAt: Timestamp }).meta({ id: 'Enrolment' }) },
    },
  }),
};
