import { PortBinding, ServerNetwork } from '@catalyst/shared/features/server-spec';
import { z } from 'zod';

/** One plugin that was called, or was about to be: enough to undo it. */
export const CniStep = z.strictObject({
  type: z.string(),
  /** What it was given, without `prevResult`. */
  config: z.record(z.string(), z.unknown()),
});
export type CniStep = z.output<typeof CniStep>;

/** What an agent must know to take a server's network away again, and to publish it after a restart of the agent. */
export const NetworkRecord = z.strictObject({
  serverId: z.string(),
  network: ServerNetwork,
  ports: z.array(PortBinding),
  /** Of its place in the private network; null in other modes. */
  place: z.int().nullable(),
  isPublished: z.boolean(),
  cni: z
    .strictObject({
      /** In the order of their calls. */
      steps: z.array(CniStep),
      /** Of the last that succeeded. */
      result: z.record(z.string(), z.unknown()).nullable(),
      /** All were called; otherwise the chain was broken off. */
      isComplete: z.boolean(),
    })
    .nullable(),
});
export type NetworkRecord = z.output<typeof NetworkRecord>;
