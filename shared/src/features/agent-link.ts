import { z } from 'zod';
import { ErrorCode } from '../contract/errors.ts';
import { base64url, Id } from '../contract/values.ts';
import { ConfigFilePlan, mostConfigFiles } from './config-files.ts';
import { TerminalSize } from './console-link.ts';
import { KeptAs } from './kept-link.ts';
import { ServerSpec } from './server-spec.ts';
import { PowerAction, ServerReason, ServerState } from './server-states.ts';

/** Grows when either side must change with the other. */
export const linkProtocolVersion = 1;

/** A raw Ed25519 public key. */
export const PublicKey = base64url(32);
export const Nonce = base64url(32);
export const Signature = base64url(64);

/** Only the loopback may do without TLS. */
const PanelUrl = z
  .url({ protocol: /^https?$/ })
  .refine((text) => URL.canParse(text) && mayBePlain(new URL(text)), {
    error: 'must be https, except on this machine',
  });
const mayBePlain = ({ protocol, hostname }: URL) => protocol === 'https:' || isLoopbackHost(hostname);

/** Whether this host, as it stands in a URL, is the machine itself. */
export const isLoopbackHost = (host: string) =>
  host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);

/** How an agent reaches its panel, and who that must prove to be: what the agent's link file holds. */
export const LinkState = z.object({
  panelUrl: PanelUrl,
  nodeId: Id,
  panelKey: PublicKey,
  /** SHA-256 of the panel's TLS key; null when its certificate is one that every client trusts. */
  tlsPin: base64url(32).nullable(),
  /** Admits an agent, once, whose key the panel does not know yet. */
  secret: z.string().min(1).max(128).optional(),
});
export type LinkState = z.output<typeof LinkState>;

/** What a deployment token says. */
export const Pairing = LinkState.required({ secret: true });
export type Pairing = z.output<typeof Pairing>;

/**
 * `auth` of an agent's connection to `/agent`. Nothing in it is secret: the agent has not seen the panel's proof yet.
 * `processId` is random for each process, so that a second machine with the same key can be told from a reconnect.
 */
export const AgentHello = z.strictObject({
  protocol: z.int().min(1).max(1_000_000),
  agentVersion: z.string().max(40),
  nodeId: Id,
  publicKey: PublicKey,
  processId: Nonce,
  nonce: Nonce,
});
export type AgentHello = z.output<typeof AgentHello>;

/**
 * What each side signs, with Ed25519. Both nonces make a recorded proof worthless on another connection, both ids make
 * it worthless between other parties, and the role keeps one side's proof from being the other's.
 */
export function handshakeText(
  role: 'panel' | 'agent',
  parties: { panelKey: string; agentKey: string; nodeId: string; agentNonce: string; panelNonce: string },
): string {
  const { panelKey, agentKey, nodeId, agentNonce, panelNonce } = parties;
  return ['catalyst-link-1', role, panelKey, agentKey, nodeId, agentNonce, panelNonce].join('\n');
}

/** The first call on the link, panel → agent; nothing else is answered before it. */
export const handshakeCalls = {
  node_handshake: {
    summary: 'The panel proves itself; the agent proves itself in the answer, and enrols if it is new',
    input: z.strictObject({ panelKey: PublicKey, nonce: Nonce, signature: Signature }),
    output: z.object({
      signature: Signature,
      /** The secret of a deployment token, from an agent whose key the panel does not know yet. */
      enrolmentSecret: z.string().max(128).optional(),
    }),
  },
} as const;

/** Panel → agent, once both are proven. */
export const handshakeEvents = {
  'node:welcome': {
    summary: 'The agent is accepted',
    payload: z.object({ panelVersion: z.string().max(40) }),
  },
  'node:refused': {
    summary:
      'The agent is not accepted; the connection ends. What is refused before the handshake is a connect_error',
    payload: z.object({ code: ErrorCode, message: z.string().max(500) }),
  },
} as const;

const ExitReport = {
  exitCode: z.int().min(-1).max(65_535).nullable(),
  signal: z.string().max(20).nullable(),
  outOfMemory: z.boolean(),
};

/** Of a game that crashed. */
export const mostLastLines = 10;

export const StateReport = z.object({
  serverId: Id,
  state: ServerState,
  /** A word of a newer agent that is not known here is none; its sentence is still told. */
  reason: ServerReason.nullable().catch(null),
  /** A sentence for people: the last error of an install, the signal of a crash. */
  reasonText: z.string().max(1000).nullable(),
  ...ExitReport,
  crashCount: z.int().min(0).max(1_000_000),
  startedAt: z.number().nullable(),
  nextRestartAt: z.number().nullable(),
  /** What it printed last before it crashed; none from an agent that does not tell. */
  lastLines: z.array(z.string().max(1000)).max(mostLastLines).default([]),
  at: z.number(),
});
export type StateReport = z.output<typeof StateReport>;

export const ServerSnapshot = StateReport.extend({
  revision: z.int().min(0),
  pid: z.int().nullable(),
  lastSeq: z.int().min(0),
  /** The newest `server_state_update` of this server: the snapshot includes it and all before, 0 when there was none. */
  lastEventId: z.int().min(0).default(0),
});
export type ServerSnapshot = z.output<typeof ServerSnapshot>;

export const InstallProgress = z.object({
  /** Counts from 1. */
  step: z.int().min(1),
  totalSteps: z.int().min(1),
  label: z.string().max(200),
});

export const AgentAction = z.enum([...PowerAction.options, 'install', 'remove']);
export type AgentAction = z.output<typeof AgentAction>;

/** Panel → agent. */
export const serverAgentCalls = {
  'server:apply': {
    summary: 'Keep this spec; it takes effect at the next start',
    input: z.strictObject({ spec: ServerSpec }),
    output: z.object({ revision: z.int() }),
  },
  server_control: {
    summary:
      'Begin an action. Answered at once; its end is an `operation:finished`. Repeating an id changes nothing',
    input: z.strictObject({
      operationId: Id,
      serverId: Id,
      action: AgentAction,
      /** For `remove`: also the files and backups. Without it the files move to those that are kept. */
      wipe: z.boolean().default(true),
      /** For `install`: all files go first. Only ever sent as true, and an agent that does not know it refuses it. */
      wipeFirst: z.literal(true).optional(),
      /** What kept files are called. */
      keepAs: KeptAs.optional(),
      /** Milliseconds from arrival until the agent gives up. */
      deadlineMs: z
        .int()
        .min(1000)
        .max(24 * 3_600_000),
    }),
    output: z.object({ accepted: z.literal(true) }),
  },
  'server:dry-run': {
    summary: "What a start by this spec would make of the server's files, without starting it",
    input: z.strictObject({ serverId: Id, spec: ServerSpec }),
    output: z.object({ files: z.array(ConfigFilePlan).max(mostConfigFiles) }),
  },
  'server:resize': {
    summary:
      "Give a server's terminal a size, in characters; nothing happens when it has none or does not run",
    input: z.strictObject({ serverId: Id, ...TerminalSize.shape }),
    output: z.object({}),
  },
  'server:reset-crash-count': {
    summary: 'Set the crash counter to zero',
    input: z.strictObject({ serverId: Id }),
    output: z.object({}),
  },
} as const;

/** Agent → panel, each acknowledged and sent again after a gap until it is. */
export const serverPanelCalls = {
  node_snapshot: {
    summary: 'Everything the agent has, after each handshake',
    input: z.object({ servers: z.array(ServerSnapshot).max(10_000) }),
    output: z.object({}),
    timeoutMs: 30_000,
  },
  server_state_update: {
    summary: 'A server changed its state',
    /** Numbers grow for as long as an agent keeps its key, restarts included, so a repeated report is recognised. */
    input: z.object({ eventId: z.int().min(1), report: StateReport }),
    output: z.object({}),
  },
  'operation:finished': {
    summary: 'An action ended',
    input: z.object({
      operationId: Id,
      serverId: Id,
      error: z.object({ code: z.string().max(60), message: z.string().max(1000) }).nullable(),
    }),
    output: z.object({}),
  },
} as const;

const usage = z.number().min(0).max(1e15).nullable();

/** Agent → panel; one lost does no harm. */
export const serverAgentEvents = {
  resource_stats: {
    summary: 'What the servers use',
    payload: z.object({
      at: z.number(),
      stats: z
        .array(
          z.object({
            serverId: Id,
            cpuPercent: z.number().min(0).max(1e6).nullable(),
            memoryBytes: usage,
            diskBytes: usage,
            pids: usage,
          }),
        )
        .max(10_000),
    }),
  },
  installation_progress: {
    summary: 'A step of an installation began',
    payload: InstallProgress.extend({ serverId: Id }),
  },
} as const;
