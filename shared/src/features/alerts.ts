import { z } from 'zod';
import { Id, Timestamp } from '../contract/values.ts';
import { ServerReason } from './server-states.ts';

export const AlertKind = z.enum(['server_crashed', 'restarts_given_up']);
export const AlertSeverity = z.enum(['warning', 'critical']);

/** How a game ended that nobody had asked to end. */
export const Crash = z.object({
  reason: ServerReason.nullable(),
  reasonText: z.string().nullable(),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  outOfMemory: z.boolean(),
  /** How often it crashed since somebody set the counter to zero. */
  crashCount: z.int(),
  /** Null when it stays down. */
  nextRestartAt: Timestamp.nullable(),
});
export type Crash = z.output<typeof Crash>;

/** Something went wrong that somebody should know of. */
export const Alert = z
  .object({
    id: Id,
    kind: AlertKind,
    /** `critical`: it does not heal by itself. */
    severity: AlertSeverity,
    at: Timestamp,
    /** A sentence. */
    message: z.string(),
    serverId: Id,
    serverName: z.string(),
    nodeId: Id,
    /** What it printed last is with the transition of its state, for those who may read its console. */
    crash: Crash,
  })
  .meta({ id: 'Alert' });
export type Alert = z.output<typeof Alert>;

export const alertClientEvents = {
  alert: {
    summary: 'A server crashed, or is not restarted any more because it crashed too often',
    permission: 'server.read',
    payload: Alert,
  },
} as const;
