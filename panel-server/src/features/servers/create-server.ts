import { AppError } from '@catalyst/shared/contract/errors';
import type { PortBinding } from '@catalyst/shared/features/server-spec';
import type { NewServer } from '@catalyst/shared/features/servers';
import type { Template } from '@catalyst/shared/features/templates';
import type { DataSource, EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { Caller } from '../../access.ts';
import { inTransaction } from '../../database/sqlite-gate.ts';
import type { SecretBox } from '../../identity/secret-box.ts';
import type { AgentDoor } from '../../realtime/agent-door.ts';
import { lockNode, type NodePlacement } from '../nodes/node-placement.ts';
import type { OperationRow } from '../operations/operation.entity.ts';
import type { Templates } from '../templates/templates.service.ts';
import { resolveVariables } from '../templates/variables.ts';
import { assertCapacity } from './capacity.ts';
import { allocatePorts, checkOnMachine, freePorts, MachinePorts } from './port-allocation.ts';
import { type PortRange, portKey, transportPorts } from './ports.ts';
import { ServerEntity, type ServerRow } from './server.entity.ts';
import type { ServerOrders } from './server-orders.ts';
import { sealEnvironment } from './server-secrets.ts';
import { buildSpec, hashSpec } from './server-spec.ts';
import type { ServerRecord } from './server-store.ts';
import { mayEditAll } from './server-view.ts';

type NewRecord = ServerRecord & { operation: OperationRow };

/** Each attempt rules out at least one port. */
const portAttempts = 300;

interface CreateParts {
  database: DataSource;
  agents: AgentDoor;
  placement: NodePlacement;
  templates: Templates;
  orders: ServerOrders;
  secrets: SecretBox;
  portRange: PortRange;
}

/** Makes servers: all that can be wrong is found before anything is on record. */
export class ServerCreation {
  readonly #parts: CreateParts;

  constructor(parts: CreateParts) {
    this.#parts = parts;
  }

  /** The row and its installation, on record and not yet sent. */
  async create(input: NewServer, caller: Caller): Promise<NewRecord> {
    const template = this.#template(input.templateId);
    const variables = resolveVariables(template, input.environment, {
      current: {},
      mayEditAll: mayEditAll(caller),
    });
    assertMemory(template, input.allocatedMemoryMb);
    const node = await this.#parts.placement.chooseFor(template, input);
    const runtime = this.#parts.placement.runtimeFor(node.id, template);
    const networkMode = input.networkMode ?? (runtime === 'containerd' ? 'bridge' : 'host');
    if (runtime !== 'containerd' && networkMode === 'bridge') {
      throw invalid('networkMode', 'This node runs the server as a process, which uses its network directly');
    }
    if (runtime === 'process') await this.#parts.placement.assertHostPackages(node.id, template);
    const now = new Date();
    const server: Omit<ServerRow, 'specHash' | 'operationId'> = {
      id: uuid(),
      name: input.name,
      description: input.description,
      ownerId: caller.userId,
      nodeId: node.id,
      templateId: template.id,
      runtime,
      state: 'installing',
      reason: null,
      reasonText: null,
      desiredState: input.startAfterInstall ? 'running' : 'stopped',
      reportedState: null,
      stateChangedAt: now,
      lastEventId: 0,
      startedAt: null,
      exitCode: null,
      crashCount: 0,
      lastCrashAt: null,
      nextRestartAt: null,
      suspendedAt: null,
      allocatedMemoryMb: input.allocatedMemoryMb,
      allocatedCpuCores: input.allocatedCpuCores,
      allocatedDiskMb: input.allocatedDiskMb,
      networkMode,
      environment: {},
      sealedEnvironment: null,
      restartPolicy: template.restartPolicy,
      specRevision: 1,
      appliedRevision: 0,
      installedAt: null,
      startAfterInstall: input.startAfterInstall,
      createdAt: now,
      updatedAt: now,
    };
    Object.assign(server, sealEnvironment(this.#parts.secrets, server.id, template, variables));
    return this.#record(server, template, variables, input.primaryPort);
  }

  /** Finds ports that neither a server nor the machine holds, and takes them together with the row or not at all. */
  async #record(
    server: Omit<ServerRow, 'specHash' | 'operationId'>,
    template: Template,
    variables: Record<string, string>,
    asked: number | undefined,
  ): Promise<NewRecord> {
    const { database, agents, orders, portRange } = this.#parts;
    const wish = { nodeId: server.nodeId, ports: template.ports, asked };
    const machine = new MachinePorts();
    for (let attempt = 0; attempt < portAttempts; attempt += 1) {
      const tried = await freePorts(database, wish, portRange, machine);
      if (!(await checkOnMachine(agents, server.nodeId, tried, machine))) continue;
      const recorded = await inTransaction(database, async (manager) => {
        const node = await lockNode(manager, server.nodeId);
        await assertCapacity(manager, node, server);
        const ports = await freePorts(manager, wish, portRange, machine);
        // Somebody took the tried ones meanwhile, and the machine has not been asked about these.
        if (!isKnownFree(ports, machine)) return null;
        return this.#insert(manager, server, template, variables, ports, orders);
      });
      if (recorded) return recorded;
    }
    throw new AppError('no_free_port', 'The node has no free port left');
  }

  async #insert(
    manager: EntityManager,
    server: Omit<ServerRow, 'specHash' | 'operationId'>,
    template: Template,
    variables: Record<string, string>,
    ports: PortBinding[],
    orders: ServerOrders,
  ): Promise<NewRecord> {
    const specHash = hashSpec(buildSpec(server, template, variables, ports));
    const operation = await orders.recordInstall(manager, { ...server, specHash });
    const row: ServerRow = { ...server, specHash, operationId: operation.id };
    await manager.insert(ServerEntity, row);
    await allocatePorts(manager, row.id, row.nodeId, ports);
    return { row, operation, ports };
  }

  #template(id: string): Template {
    const template = this.#parts.templates.find(id);
    if (!template) throw invalid('templateId', 'is not a template');
    return template;
  }
}

export function assertMemory({ defaults, name }: Template, memoryMb: number): void {
  if (memoryMb >= defaults.minimumMemoryMb) return;
  throw invalid('allocatedMemoryMb', `${name} needs at least ${defaults.minimumMemoryMb} MB`);
}

function invalid(path: string, message: string): AppError {
  return new AppError('invalid_input', message, { issues: [{ path, message }] });
}

function isKnownFree(ports: readonly PortBinding[], machine: MachinePorts): boolean {
  return ports.flatMap(transportPorts).every((one) => machine.free.has(portKey(one)));
}
