import { AgentAction } from '@catalyst/shared/features/agent-link';
import { KeptAs } from '@catalyst/shared/features/kept-link';
import { PortBinding, ServerNetwork, ServerSpec } from '@catalyst/shared/features/server-spec';
import { DesiredState, ServerReason, ServerState } from '@catalyst/shared/features/server-states';
import { z } from 'zod';

const time = z.number();

/** An action the panel has asked for: kept beyond its end, so that the same id never acts twice. */
export const OperationRecord = z.object({
  id: z.string(),
  action: AgentAction,
  acceptedAt: time,
  /** When the agent gives up. */
  deadlineAt: time,
  /** Undefined while it is under way, null when it succeeded. */
  error: z.object({ code: z.string(), message: z.string() }).nullable().optional(),
  /** The panel knows its end. */
  isReported: z.boolean().default(false),
  /** An installation that begins by wiping the files. */
  wipeFirst: z.literal(true).optional(),
});
export type OperationRecord = z.output<typeof OperationRecord>;

/** One start of the game, or of a step of its installation, whose traces are not cleared yet. */
export const RunRecord = z.object({
  startId: z.string(),
  kind: z.enum(['game', 'install']),
  /** The console's newest number before it. */
  seqBefore: z.int(),
  /** Of the machine: everything older than its boot is dead. */
  bootId: z.string(),
  /** The spec may be a newer one already. Unknown of starts by older agents. */
  ports: z.array(PortBinding).optional(),
  network: ServerNetwork.optional(),
});
export type RunRecord = z.output<typeof RunRecord>;

/** All that must survive the agent. Times are in milliseconds since 1970. */
export const ServerRecord = z.object({
  spec: ServerSpec,
  uid: z.int().nullable(),
  isInstalled: z.boolean(),
  desired: DesiredState,
  state: ServerState,
  reason: ServerReason.nullable().catch(null),
  reasonText: z.string().nullable(),
  stateAt: time,
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  outOfMemory: z.boolean(),
  lastLines: z.array(z.string()).default([]),
  crashCount: z.int(),
  startedAt: time.nullable(),
  nextRestartAt: time.nullable(),
  restartsAt: z.array(time),
  lastEventId: z.int(),
  run: RunRecord.nullable(),
  operations: z.array(OperationRecord),
  /** It is being removed, or was; the record is kept until the panel knows. */
  removal: z.object({ wipe: z.boolean(), isDone: z.boolean(), keepAs: KeptAs.optional() }).nullable(),
});
export type ServerRecord = z.output<typeof ServerRecord>;

export function newServerRecord(spec: ServerSpec, uid: number | null): ServerRecord {
  return {
    spec,
    uid,
    isInstalled: false,
    desired: 'stopped',
    state: 'stopped',
    reason: null,
    reasonText: null,
    stateAt: Date.now(),
    exitCode: null,
    signal: null,
    outOfMemory: false,
    lastLines: [],
    crashCount: 0,
    startedAt: null,
    nextRestartAt: null,
    restartsAt: [],
    lastEventId: 0,
    run: null,
    operations: [],
    removal: null,
  };
}
