import { z } from 'zod';
import { Id } from '../contract/values.ts';

/** How the files of a deleted server are told apart by people. */
export const KeptAs = z.strictObject({ name: z.string().max(200), template: z.string().max(200) });
export type KeptAs = z.output<typeof KeptAs>;

export const keptFields = {
  serverId: Id,
  /** Of the server when it was deleted; its id when that cannot be read any more. */
  name: z.string().max(200),
  template: z.string().max(200),
  /** On the disk; null when they could not be counted in time. */
  sizeBytes: z.number().min(0).nullable(),
};

/** Panel → agent. */
export const keptAgentCalls = {
  'kept:list': {
    summary: 'The files of deleted servers that are still here',
    input: z.strictObject({}),
    output: z.object({ items: z.array(z.object({ ...keptFields, keptAt: z.number() })).max(1000) }),
    timeoutMs: 15_000,
  },
  'kept:wipe': {
    summary: 'Remove those of one server for good; answers its name',
    input: z.strictObject({ serverId: Id }),
    output: z.object({ name: z.string().max(200) }),
    timeoutMs: 300_000,
  },
} as const;
