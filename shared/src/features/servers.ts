import { z } from 'zod';
import { NoContent, route } from '../contract/route.ts';
import { displayText, Id, PageQuery, Port, pageOf, plainText, Timestamp } from '../contract/values.ts';
import { InstallProgress } from './agent-link.ts';
import { ConfigFilePlan } from './config-files.ts';
import { PublicAddress } from './nodes.ts';
import { ServerGroup, ServerTag, serverLabels } from './server-labels.ts';
import { CpuPinning, IoWeight, Pids, PortBinding, RestartPolicy, RuntimeName } from './server-spec.ts';
import { DesiredState, PowerAction, ServerReason, ServerState } from './server-states.ts';
import { mostVariables } from './templates.ts';
import { UserReference } from './users.ts';
import { VariableName } from './variable-rules.ts';

export const ServerName = displayText(100);

export const ResourceStats = z
  .object({
    serverId: Id,
    at: Timestamp,
    /** 100 is one core. */
    cpuPercent: z.number().min(0).nullable(),
    memoryBytes: z.number().min(0).nullable(),
    diskBytes: z.number().min(0).nullable(),
    pids: z.number().min(0).nullable(),
  })
  .meta({ id: 'ResourceStats' });
export type ResourceStats = z.output<typeof ResourceStats>;

/** Something long under way on a server. */
export const Operation = z
  .object({
    id: Id,
    kind: z.enum(['install', 'start', 'stop', 'restart', 'kill', 'delete']),
    status: z.enum(['pending', 'running', 'succeeded', 'failed']),
    /** A sentence, when it failed. */
    error: z.string().nullable(),
    startedAt: Timestamp,
    deadlineAt: Timestamp,
    finishedAt: Timestamp.nullable(),
  })
  .meta({ id: 'Operation' });
export type Operation = z.output<typeof Operation>;

/** A port of a server, and where players or programs reach it. */
export const ServerPort = PortBinding.extend({
  address: z.string(),
  /** Its own name in place of the address; null where its pool's, or none, is used. */
  alias: z.string().nullable(),
  notes: z.string(),
  /** The one that players are told. */
  primary: z.boolean(),
});
export type ServerPort = z.output<typeof ServerPort>;

export const Server = z
  .object({
    id: Id,
    name: z.string(),
    description: z.string(),
    tags: z.array(z.string()),
    group: z.string().nullable(),
    notes: z.string(),
    owner: UserReference,
    node: z.object({ id: Id, name: z.string(), online: z.boolean() }),
    template: z.object({ id: z.string(), name: z.string(), icon: z.string() }),
    runtime: RuntimeName,
    /** Which of the template's images it is made of, by label; null when it runs without one. */
    image: z.string().nullable(),
    /** Which of the template's startup lines it is started by, by label; null when there is no choice. */
    startupLine: z.string().nullable(),
    /** Whether the game has a terminal, which takes a size. */
    terminal: z.boolean(),
    state: ServerState,
    /** Why it is in this state, null when nothing is to be said. */
    reason: ServerReason.nullable(),
    /** The same as a sentence for people. */
    reasonText: z.string().nullable(),
    desiredState: DesiredState,
    reportedState: ServerState.nullable(),
    stateChangedAt: Timestamp,
    startedAt: Timestamp.nullable(),
    exitCode: z.int().nullable(),
    crashCount: z.int(),
    lastCrashAt: Timestamp.nullable(),
    /** When the agent will try again after a crash. */
    nextRestartAt: Timestamp.nullable(),
    suspendedAt: Timestamp.nullable(),
    suspendedByName: z.string().nullable(),
    suspensionReason: z.string().nullable(),
    allocatedMemoryMb: z.int(),
    allocatedCpuCores: z.number(),
    allocatedDiskMb: z.int(),
    swapMb: z.int(),
    pids: z.int(),
    cpuPinning: z.string().nullable(),
    ioWeight: z.int().nullable(),
    /** `host`, `bridge` or the name of one of the node's networks. */
    networkMode: z.string(),
    /** Its own address in the node's network; null where it shares the machine's. */
    staticIp: z.string().nullable(),
    /** 0 for one that is being removed at this moment, when its ports are free already. */
    primaryPort: z.int().min(0).max(65_535),
    /** The template's ports in their order, then those that were added. */
    portBindings: z.array(ServerPort),
    /** Where players connect, `host:port`. */
    address: z.string(),
    /** How players get in, with the address in the sentence; null when its template is gone. */
    howToJoin: z.string().nullable(),
    /** The template's variables the caller may see, with their values; secret ones are empty. */
    environment: z.record(z.string(), z.string()),
    restartPolicy: RestartPolicy,
    installProgress: InstallProgress.nullable(),
    operation: Operation.nullable(),
    stats: ResourceStats.nullable(),
    /** What the caller may do with this server. */
    permissions: z.array(z.string()),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .meta({ id: 'Server' });
export type Server = z.output<typeof Server>;

/** Who brought about that a server changed its state. */
export const TransitionActor = z.strictObject({
  /** `agent`: what happened on the node. `system`: the panel by itself. */
  kind: z.enum(['user', 'key', 'agent', 'system']),
  /** As he was called then. */
  name: z.string().nullable(),
});
export type TransitionActor = z.output<typeof TransitionActor>;

export const ServerTransition = z
  .strictObject({
    id: Id,
    at: Timestamp,
    /** Null where its life began. */
    previous: ServerState.nullable(),
    state: ServerState,
    reason: ServerReason.nullable(),
    reasonText: z.string().nullable(),
    exitCode: z.int().nullable(),
    signal: z.string().nullable(),
    outOfMemory: z.boolean(),
    /** What the game printed last before it crashed; none for those who may not read its console. */
    lastLines: z.array(z.string()),
    actor: TransitionActor,
  })
  .meta({ id: 'ServerTransition' });
export type ServerTransition = z.output<typeof ServerTransition>;

const MemoryMb = z.int().min(16).max(16_777_216);
const CpuCores = z.number().min(0.05).max(1024);
const DiskMb = z.int().min(16).max(1_073_741_824);
export const Environment = z
  .record(VariableName, z.string().max(4096))
  .refine((values) => Object.keys(values).length <= mostVariables, 'has too many entries');

const SwapMb = z.int().min(0).max(16_777_216);
/** Of one of the template's images or startup lines. */
const ChoiceLabel = z.string().min(1).max(200);
const NetworkMode = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be host, bridge or the name of a network');
const IpAddress = z.union([z.ipv4(), z.ipv6()], { error: 'must be an IP address' });

/** A port as it is asked for. The ports of the template are always there; naming one of them says where. */
export const NewPortBinding = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be lower case letters, digits and -, beginning with a letter')
    .optional(),
  ip: IpAddress.default('0.0.0.0'),
  /** Chosen when left out. */
  port: z.int().min(1024, 'must be between 1024 and 65535').max(65535).optional(),
  /** As the template has it, else TCP, when left out. */
  protocol: PortBinding.shape.protocol.optional(),
  targetPort: Port.optional(),
  /** A host name that players are told in place of the address; as it was when left out. */
  alias: PublicAddress.nullable().optional(),
  /** As they were when left out. */
  notes: plainText(200).optional(),
  /** The one that players are told: at most one is; as it was when left out of all, at first the first. */
  primary: z.boolean().optional(),
});
export type NewPortBinding = z.output<typeof NewPortBinding>;
const NewPortBindings = z.array(NewPortBinding).max(32);

/** What only those choose who hold `server.limits`, beside memory, CPU and disk. */
const fineLimits = {
  swapMb: SwapMb.optional(),
  pids: Pids.optional(),
  cpuPinning: CpuPinning.nullable().optional(),
  ioWeight: IoWeight.nullable().optional(),
};

export const NewServer = z
  .strictObject({
    name: ServerName,
    description: plainText(500).trim().default(''),
    tags: serverLabels.tags.default([]),
    group: serverLabels.group.default(null),
    notes: serverLabels.notes.default(''),
    templateId: z.string().min(1).max(64),
    /** Chosen by free memory when left out. */
    nodeId: Id.optional(),
    locationId: Id.optional(),
    allocatedMemoryMb: MemoryMb,
    allocatedCpuCores: CpuCores,
    allocatedDiskMb: DiskMb,
    ...fineLimits,
    /** A container where node and template allow it, else a process. */
    runtime: RuntimeName.optional(),
    /** Label of one of the template's images; the first when left out. */
    image: ChoiceLabel.optional(),
    /** Label of one of the template's startup lines; the first when left out. */
    startupLine: ChoiceLabel.optional(),
    /** The template's first port. Chosen when left out; refused when taken. */
    primaryPort: z.int().min(1024).max(65535).optional(),
    portBindings: NewPortBindings.default([]),
    /** `bridge` for containers and `host` for processes when left out; or one of the node's networks. */
    networkMode: NetworkMode.optional(),
    /** In networks that give a server an address of its own. */
    staticIp: IpAddress.optional(),
    environment: Environment.default({}),
    startAfterInstall: z.boolean().default(false),
  })
  .meta({ id: 'NewServer' });
export type NewServer = z.output<typeof NewServer>;

export const ServerChanges = z
  .strictObject({
    name: ServerName.optional(),
    description: plainText(500).trim().optional(),
    tags: serverLabels.tags.optional(),
    group: serverLabels.group.optional(),
    notes: serverLabels.notes.optional(),
    allocatedMemoryMb: MemoryMb.optional(),
    allocatedCpuCores: CpuCores.optional(),
    allocatedDiskMb: DiskMb.optional(),
    ...fineLimits,
    /** A server keeps the runtime it was created with; another one is refused. */
    runtime: RuntimeName.optional(),
    /** From the next start. */
    image: ChoiceLabel.optional(),
    /** From the next start. */
    startupLine: ChoiceLabel.optional(),
    /** From the next start. */
    networkMode: NetworkMode.optional(),
    staticIp: IpAddress.nullable().optional(),
    /** All of them: what is not named any more is given up. Published from the next start. */
    portBindings: NewPortBindings.optional(),
    environment: Environment.optional(),
    restartPolicy: RestartPolicy.optional(),
  })
  .meta({ id: 'ServerChanges' });
export type ServerChanges = z.output<typeof ServerChanges>;

/** What would happen at the next start. What the caller may not see stands as `•••` in all of it. */
export const StartDryRun = z
  .object({
    /** As a shell would be told it. */
    command: z.string(),
    environment: z.record(z.string(), z.string()),
    /** Null while the node is away, which has the files. */
    configFiles: z.array(ConfigFilePlan).nullable(),
  })
  .meta({ id: 'StartDryRun' });
export type StartDryRun = z.output<typeof StartDryRun>;
export const ServerClone = z
  .strictObject({
    name: ServerName,
    /** Where the other one is when left out. */
    nodeId: Id.optional(),
    /** Over what is copied. */
    environment: Environment.default({}),
  })
  .meta({ id: 'ServerClone' });
export type ServerClone = z.output<typeof ServerClone>;

export const ServerParams = z.strictObject({ id: Id });
export const PowerAccepted = z.object({ operationId: Id, state: ServerState }).meta({ id: 'PowerAccepted' });

const power = <const Action extends PowerAction>(action: Action, summary: string) =>
  route({
    method: 'POST',
    url: `/api/servers/:id/${action}`,
    config: {
      permission: `server.${action}` as 'server.start',
      audit: `server.${action}`,
      onServer: true,
    },
    schema: { summary, tags: ['Servers'], params: ServerParams, response: { 202: PowerAccepted } },
  });

export const serverRoutes = {
  list: route({
    method: 'GET',
    url: '/api/servers',
    config: { permission: 'signed-in' },
    schema: {
      summary: 'The servers the caller may see',
      tags: ['Servers'],
      querystring: PageQuery.extend({
        /** Words that each occur in its name, description, tags, group, owner, node, template, address or ids. */
        q: plainText(100).optional(),
        cursor: Id.optional(),
        state: ServerState.optional(),
        nodeId: Id.optional(),
        tag: ServerTag.optional(),
        group: ServerGroup.optional(),
      }),
      response: { 200: pageOf(Server) },
    },
  }),
  create: route({
    method: 'POST',
    url: '/api/servers',
    config: { permission: 'server.create', audit: 'server.create', onSomeNodes: true },
    schema: {
      summary: 'Create a server; its installation follows',
      tags: ['Servers'],
      body: NewServer,
      response: { 201: Server },
    },
  }),
  clone: route({
    method: 'POST',
    url: '/api/servers/:id/clone',
    config: { permission: 'server.create', audit: 'server.clone', onServer: true },
    schema: {
      summary:
        'Create a server like this one, at ports of its own and without its files; hidden values only for its owner and who may change all servers there',
      tags: ['Servers'],
      params: ServerParams,
      body: ServerClone,
      response: { 201: Server },
    },
  }),
  get: route({
    method: 'GET',
    url: '/api/servers/:id',
    config: { permission: 'server.read', onServer: true },
    schema: { summary: 'One server', tags: ['Servers'], params: ServerParams, response: { 200: Server } },
  }),
  update: route({
    method: 'PUT',
    url: '/api/servers/:id',
    config: { permission: 'server.update', audit: 'server.update', onServer: true },
    schema: {
      summary: 'Change some fields of a server',
      tags: ['Servers'],
      params: ServerParams,
      body: ServerChanges,
      response: { 200: Server },
    },
  }),
  delete: route({
    method: 'DELETE',
    url: '/api/servers/:id',
    config: { permission: 'server.delete', audit: 'server.delete', onServer: true },
    schema: {
      summary: 'Delete a server that is not running; its files go with it, or its node keeps them',
      tags: ['Servers'],
      params: ServerParams,
      querystring: z.strictObject({ data: z.enum(['wipe', 'keep']).default('wipe') }),
      response: { 202: z.object({ operationId: Id }) },
    },
  }),
  start: power('start', 'Start a server'),
  stop: power('stop', 'Stop a server as its template says, killing it after the time-out'),
  restart: power('restart', 'Stop a server, then start it'),
  kill: power('kill', 'End a server at once'),
  reinstall: route({
    method: 'POST',
    url: '/api/servers/:id/reinstall',
    config: { permission: 'server.install', audit: 'server.reinstall', onServer: true },
    schema: {
      summary:
        'Run the installation again; files that it does not touch stay, or all of them are wiped first, which also needs file.delete',
      tags: ['Servers'],
      params: ServerParams,
      querystring: z.strictObject({ data: z.enum(['keep', 'wipe']).default('keep') }),
      response: { 202: PowerAccepted },
    },
  }),
  dryRun: route({
    method: 'GET',
    url: '/api/servers/:id/dry-run',
    // It shows what is in files.
    config: { permission: 'file.read', onServer: true },
    schema: {
      summary: 'What the next start would run, and what it would make of the files with settings',
      tags: ['Servers'],
      params: ServerParams,
      response: { 200: StartDryRun },
    },
  }),
  transitions: route({
    method: 'GET',
    url: '/api/servers/:id/transitions',
    config: { permission: 'activity.read', onServer: true },
    schema: {
      summary:
        'The states a server has been in, newest first: since when, why and because of whom; of 90 days',
      tags: ['Servers'],
      params: ServerParams,
      querystring: PageQuery.extend({ cursor: Id.optional() }),
      response: { 200: pageOf(ServerTransition) },
    },
  }),
  suspend: route({
    method: 'POST',
    url: '/api/servers/:id/suspend',
    config: { permission: 'server.suspend', audit: 'server.suspend', onServer: true },
    schema: {
      summary: 'Take a server out of use: it is stopped, and its people can only look at it',
      tags: ['Servers'],
      params: ServerParams,
      body: z.strictObject({ reason: plainText(500).default('') }),
      response: { 200: Server },
    },
  }),
  unsuspend: route({
    method: 'POST',
    url: '/api/servers/:id/unsuspend',
    config: { permission: 'server.suspend', audit: 'server.unsuspend', onServer: true },
    schema: {
      summary: 'Give a suspended server back; it stays stopped',
      tags: ['Servers'],
      params: ServerParams,
      response: { 200: Server },
    },
  }),
  resetCrashCount: route({
    method: 'POST',
    url: '/api/servers/:id/reset-crash-count',
    config: { permission: 'server.update', audit: 'server.reset-crash-count', onServer: true },
    schema: {
      summary: 'Set the crash counter to zero',
      tags: ['Servers'],
      params: ServerParams,
      response: { 204: NoContent },
    },
  }),
};

export const ServerStateUpdate = z
  .object({
    serverId: Id,
    state: ServerState,
    previousState: ServerState,
    reason: ServerReason.nullable(),
    reasonText: z.string().nullable(),
    desiredState: DesiredState,
    exitCode: z.int().nullable(),
    crashCount: z.int(),
    startedAt: Timestamp.nullable(),
    nextRestartAt: Timestamp.nullable(),
    at: Timestamp,
  })
  .meta({ id: 'ServerStateUpdate' });

/** From browsers and programs to the panel. */
export const serverClientCalls = {
  server_control: {
    summary: 'A power action, as POST /api/servers/:id/<action>',
    permission: 'server.read',
    audit: 'server.control',
    input: z.strictObject({ serverId: Id, action: PowerAction }),
    output: PowerAccepted,
  },
} as const;

/** From the panel to browsers and programs, for every server they may see. */
export const serverClientEvents = {
  server_state_update: {
    summary: 'A server changed its state',
    permission: 'server.read',
    payload: ServerStateUpdate,
  },
  server_update: {
    summary: 'Something else about a server changed; read it again',
    permission: 'server.read',
    payload: z.object({ serverId: Id, deleted: z.boolean() }),
  },
  resource_stats: {
    summary: 'What servers use right now, every few seconds',
    permission: 'server.read',
    payload: z.object({ stats: z.array(ResourceStats) }),
  },
  installation_progress: {
    summary: 'A step of an installation began',
    permission: 'server.read',
    payload: InstallProgress.extend({ serverId: Id }),
  },
} as const;
