import { z } from 'zod';
import { route } from '../contract/route.ts';
import { Id, Timestamp } from '../contract/values.ts';
import { DoctorCheck } from './doctor-link.ts';

export const doctorRoutes = {
  examine: route({
    method: 'GET',
    url: '/api/nodes/:id/doctor',
    config: { permission: 'node.read' },
    schema: {
      summary: 'What a node lacks for running servers well, and how to fix it',
      tags: ['Nodes'],
      params: z.strictObject({ id: Id }),
      response: { 200: z.object({ checkedAt: Timestamp, checks: z.array(DoctorCheck) }) },
    },
  }),
};
