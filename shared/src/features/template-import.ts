import { z } from 'zod';

/** What became of one part of an imported file. */
export const ImportNote = z.strictObject({
  /** Where it stands in the file, dotted. */
  path: z.string(),
  /** `kept`: not ours to understand, but still there when it is exported. `refused`: kept, and never acted upon. */
  outcome: z.enum(['understood', 'changed', 'kept', 'refused']),
  message: z.string(),
});
export type ImportNote = z.output<typeof ImportNote>;

export const ImportReport = z
  .strictObject({
    /** As the file names it: `PTDL_v2`. */
    version: z.string(),
    encoding: z.enum(['json', 'yaml']),
    notes: z.array(ImportNote),
  })
  .meta({ id: 'ImportReport' });
export type ImportReport = z.output<typeof ImportReport>;
