import type { RestartPolicy, RuntimeName } from '@catalyst/shared/features/server-spec';
import type { DesiredState, ServerReason, ServerState } from '@catalyst/shared/features/server-states';
import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';
import { idColumn, jsonColumn, longColumn, optionalTimeColumn, timeColumn } from '../../database/columns.ts';

export interface ServerRow {
  id: string;
  name: string;
  description: string;
  /** Lower case. */
  tags: string[];
  group: string | null;
  notes: string;
  ownerId: string;
  nodeId: string;
  templateId: string;
  runtime: RuntimeName;
  state: ServerState;
  reason: ServerReason | null;
  reasonText: string | null;
  desiredState: DesiredState;
  /** The last state the agent told, believed or not. */
  reportedState: ServerState | null;
  stateChangedAt: Date;
  /** Number of the newest report that was taken in. */
  lastEventId: number;
  startedAt: Date | null;
  exitCode: number | null;
  crashCount: number;
  lastCrashAt: Date | null;
  nextRestartAt: Date | null;
  suspendedAt: Date | null;
  suspendedById: string | null;
  /** As he was called then. */
  suspendedByName: string | null;
  suspensionReason: string | null;
  allocatedMemoryMb: number;
  allocatedCpuCores: number;
  allocatedDiskMb: number;
  swapMb: number;
  pids: number;
  cpuPinning: string | null;
  ioWeight: number | null;
  /** Label of one of the template's images; null for the first, and without images. */
  image: string | null;
  /** Label of one of the template's startup lines; null for the first, and where there is no choice. */
  startupLine: string | null;
  /** `host`, `bridge`, or the name of the network `networkId`. */
  networkMode: string;
  networkId: string | null;
  /** In the network `networkId`; also in `network_addresses`, where it is unique. */
  staticIp: string | null;
  /** Values of the template's variables, but for the secret ones. */
  environment: Record<string, string>;
  /** The secret ones: JSON in the secret box, null when there are none. */
  sealedEnvironment: string | null;
  restartPolicy: RestartPolicy;
  /** Grows with every change of what the agent is told to run. */
  specRevision: number;
  /** The revision the agent has confirmed; 0 for none. */
  appliedRevision: number;
  /** Of the spec at `specRevision`, to notice that a newer template makes another one. */
  specHash: string;
  /** Null until an installation has succeeded, and again when the node has lost the server's files. */
  installedAt: Date | null;
  startAfterInstall: boolean;
  /** The operation that is open, or was the last one. */
  operationId: string | null;
  createdAt: Date;
  updatedAt: Date;
}

/** Each between commas, which no tag contains, so that a query finds a whole one. */
const tagsColumn = (): EntitySchemaColumnOptions => ({
  type: 'text',
  transformer: {
    to: (tags: unknown) => (Array.isArray(tags) && tags.length > 0 ? `,${tags.join(',')},` : ''),
    from: (stored: unknown) => String(stored).split(',').filter(Boolean),
  },
});

export const ServerEntity = new EntitySchema<ServerRow>({
  name: 'Server',
  tableName: 'servers',
  columns: {
    id: idColumn(),
    name: { type: 'text' },
    description: { type: 'text' },
    tags: tagsColumn(),
    group: { type: 'text', nullable: true },
    notes: { type: 'text' },
    ownerId: { type: 'text' },
    nodeId: { type: 'text' },
    templateId: { type: 'text' },
    runtime: { type: 'text' },
    state: { type: 'text' },
    reason: { type: 'text', nullable: true },
    reasonText: { type: 'text', nullable: true },
    desiredState: { type: 'text' },
    reportedState: { type: 'text', nullable: true },
    stateChangedAt: timeColumn(),
    lastEventId: longColumn(),
    startedAt: optionalTimeColumn(),
    exitCode: { type: 'integer', nullable: true },
    crashCount: { type: 'integer' },
    lastCrashAt: optionalTimeColumn(),
    nextRestartAt: optionalTimeColumn(),
    suspendedAt: optionalTimeColumn(),
    suspendedById: { type: 'text', nullable: true },
    suspendedByName: { type: 'text', nullable: true },
    suspensionReason: { type: 'text', nullable: true },
    allocatedMemoryMb: longColumn(),
    allocatedCpuCores: { type: 'double precision' },
    allocatedDiskMb: longColumn(),
    swapMb: longColumn(),
    pids: { type: 'integer' },
    cpuPinning: { type: 'text', nullable: true },
    ioWeight: { type: 'integer', nullable: true },
    image: { type: 'text', nullable: true },
    startupLine: { type: 'text', nullable: true },
    networkMode: { type: 'text' },
    networkId: { type: 'text', nullable: true },
    staticIp: { type: 'text', nullable: true },
    environment: jsonColumn(),
    sealedEnvironment: { type: 'text', nullable: true },
    restartPolicy: jsonColumn(),
    specRevision: { type: 'integer' },
    appliedRevision: { type: 'integer' },
    specHash: { type: 'text' },
    installedAt: optionalTimeColumn(),
    startAfterInstall: { type: 'boolean' },
    operationId: { type: 'text', nullable: true },
    createdAt: timeColumn(),
    updatedAt: timeColumn(),
  },
});
