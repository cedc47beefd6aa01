import { z } from 'zod';

/** One thing that servers on a node depend on. */
export const DoctorCheck = z
  .object({
    /** The same for the same check on every node, such as `containerd`. */
    id: z.string().max(60),
    title: z.string().max(100),
    /** `problem`: something does not work. `warning`: it works, but not as well or as safely as it could. */
    status: z.enum(['ok', 'warning', 'problem']),
    /** What was found. */
    text: z.string().max(1000),
    /** What to do about it. */
    fix: z.string().max(1000).nullable(),
    /** To be run as root on the node (Debian and Ubuntu), where there is one. */
    command: z.string().max(1000).nullable(),
  })
  .meta({ id: 'DoctorCheck' });
export type DoctorCheck = z.output<typeof DoctorCheck>;

export const doctorAgentCalls = {
  'node:doctor': {
    summary: 'Look at everything that servers depend on; changes nothing',
    input: z.strictObject({
      /** The panel's clock, in milliseconds since 1970. */
      panelTime: z.number(),
    }),
    output: z.object({ checks: z.array(DoctorCheck).max(100) }),
    timeoutMs: 30_000,
  },
} as const;
