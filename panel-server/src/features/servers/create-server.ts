import { AppError } from '@catalyst/shared/contract/errors';
import type { PortRange } from '@catalyst/shared/features/port-ranges';
import type { PortBinding, RestartPolicy, RuntimeName } from '@catalyst/shared/features/server-spec';
import type { NewServer } from '@catalyst/shared/features/servers';
import type { Template } from '@catalyst/shared/features/templates';
import type { DataSource, EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { type Caller, isPermitted } from '../../access.ts';
import type { SecretBox } from '../../identity/secret-box.ts';
import type { AgentDoor } from '../../realtime/agent-door.ts';
import { addressFinder } from '../ip-pools/address-finder.ts';
import { joinNetwork } from '../networks/network-addresses.ts';
import { chooseNetwork, hasOwnAddress, needsAddress } from '../networks/network-choice.ts';
import { NodeNetworkEntity } from '../networks/node-network.entity.ts';
import type { NodePlacement } from '../nodes/node-placement.ts';
import type { OperationRow } from '../operations/operation.entity.ts';
import type { Templates } from '../templates/templates.service.ts';
import { resolveVariables } from '../templates/variables.ts';
import { assertCapacity } from './capacity.ts';
import { takePorts } from './port-allocation.ts';
import { portWishes } from './port-wishes.ts';
import { ServerEntity, type ServerRow } from './server.entity.ts';
import type { ServerOrders } from './server-orders.ts';
import {
  assertMayChangeLimits,
  assertMayChooseNetwork,
  assertMayChooseRuntime,
  usualLimits,
} from './server-rights.ts';
import { sealEnvironment } from './server-secrets.ts';
import { buildSpec, hashSpec } from './server-spec.ts';
import { knownPortsOf, type ServerRecord } from './server-store.ts';
import { mayEditAll } from './server-view.ts';
import { byCaller, recordTransition } from './transitions.ts';
import { defaultValues, portsOfVariables } from './variable-ports.ts';

/** What a server takes over from the one it is made like. */
export interface Inherited {
  environment: Readonly<Record<string, string>>;
  restartPolicy?: RestartPolicy;
}

type NewRecord = ServerRecord & { operation: OperationRow };

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
  async create(
    input: NewServer,
    caller: Caller,
    inherited: Inherited = { environment: {} },
  ): Promise<NewRecord> {
    const template = this.#template(input.templateId);
    // What a role that is limited to nodes permits on any of them, it permits on all it can create servers on.
    const wanted = input.nodeId === undefined ? 'some-nodes' : { nodeId: input.nodeId };
    const variables = resolveVariables(template, input.environment, {
      current: inherited.environment,
      mayEditAll: mayEditAll(caller, wanted),
    });
    assertMemory(template, input.allocatedMemoryMb);
    const { database, placement } = this.#parts;
    assertMayChangeLimits(usualLimits, input, caller, wanted);
    const node = await placement.chooseFor(template, input, await this.#nodesFor(input, caller));
    const runtime = placement.runtimeFor(node.id, template, input.runtime);
    const place = { nodeId: node.id };
    assertMayChooseRuntime(runtime, placement.usualRuntime(node.id, template), caller, place);
    assertImage(template, runtime, input.image);
    assertStartupLine(template, input.startupLine);
    const choice = await chooseNetwork(database, { nodeId: node.id, runtime }, input);
    if (input.networkMode !== undefined && choice.networkMode !== usualMode(runtime)) {
      assertMayChooseNetwork(choice, runtime, caller, place);
    }
    const ofVariables = portsOfVariables(template, input.environment, defaultValues(template));
    const wishes = portWishes(template, { ...input, ofVariables }, choice);
    if (runtime === 'process') await placement.assertHostPackages(node.id, template);
    const now = new Date();
    const server: Omit<ServerRow, 'specHash' | 'operationId'> = {
      id: uuid(),
      name: input.name,
      description: input.description,
      tags: input.tags,
      group: input.group,
      notes: input.notes,
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
      suspendedById: null,
      suspendedByName: null,
      suspensionReason: null,
      allocatedMemoryMb: input.allocatedMemoryMb,
      allocatedCpuCores: input.allocatedCpuCores,
      allocatedDiskMb: input.allocatedDiskMb,
      swapMb: input.swapMb ?? usualLimits.swapMb,
      pids: input.pids ?? usualLimits.pids,
      cpuPinning: input.cpuPinning ?? null,
      ioWeight: input.ioWeight ?? null,
      image: input.image ?? null,
      startupLine: input.startupLine ?? null,
      networkMode: choice.networkMode,
      networkId: choice.network?.id ?? null,
      staticIp: choice.staticIp,
      environment: {},
      sealedEnvironment: null,
      restartPolicy: inherited.restartPolicy ?? template.restartPolicy,
      specRevision: 1,
      appliedRevision: 0,
      installedAt: null,
      startAfterInstall: input.startAfterInstall,
      createdAt: now,
      updatedAt: now,
    };
    Object.assign(server, sealEnvironment(this.#parts.secrets, server.id, template, variables));
    const { network } = choice;
    const plan = {
      nodeId: node.id,
      serverId: server.id,
      wishes,
      ...(network && needsAddress(choice) && { findAddress: addressFinder(network, server) }),
      networkId: hasOwnAddress(choice) ? server.networkId : null,
      isMachineAsked: true,
      isAnyPort: isPermitted(caller, 'node.update', place),
      isIpv4Only: choice.networkMode === 'bridge',
    };
    return takePorts(this.#parts, plan, async (manager, lockedNode, ports) => {
      await assertCapacity(manager, lockedNode, server);
      return this.#insert(manager, server, { template, variables, ports, caller });
    });
  }

  async #insert(
    manager: EntityManager,
    server: Omit<ServerRow, 'specHash' | 'operationId'>,
    {
      template,
      variables,
      ports,
      caller,
    }: { template: Template; variables: Record<string, string>; ports: PortBinding[]; caller: Caller },
  ): Promise<NewRecord> {
    const network = await joinNetwork(manager, server);
    const specHash = hashSpec(buildSpec(server, template, variables, ports, network));
    const operation = await this.#parts.orders.recordInstall(manager, { ...server, specHash });
    const row: ServerRow = { ...server, specHash, operationId: operation.id };
    await manager.insert(ServerEntity, row);
    await recordTransition(manager, row, null, byCaller(caller));
    const known = (await knownPortsOf(manager, [row.id])).get(row.id) ?? [];
    return { row, operation, ports: known };
  }

  /** Where the caller may create servers; and that have the network, when it is one of an administrator's making. */
  async #nodesFor(input: NewServer, caller: Caller): Promise<ReadonlySet<string> | undefined> {
    if (input.nodeId !== undefined) {
      // A node he may not use is none at all.
      if (isPermitted(caller, 'server.create', { nodeId: input.nodeId })) return;
      throw invalid('nodeId', 'There is no such node');
    }
    const allowed = caller.person.nodeIds ?? undefined;
    const withNetwork = await this.#nodesWithNetwork(input);
    if (!allowed || !withNetwork) return allowed ?? withNetwork;
    return new Set([...allowed].filter((id) => withNetwork.has(id)));
  }

  async #nodesWithNetwork({ networkMode }: NewServer): Promise<ReadonlySet<string> | undefined> {
    if (networkMode === undefined || ['host', 'bridge'].includes(networkMode)) return;
    const repository = this.#parts.database.getRepository(NodeNetworkEntity);
    const networks = await repository.findBy({ name: networkMode });
    if (networks.length === 0) throw invalid('networkMode', `No node has a network named ${networkMode}`);
    return new Set(networks.map((network) => network.nodeId));
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

/** Throws `invalid_input` for a label that is not one of the template's. */
export function assertImage(template: Template, runtime: RuntimeName, label: string | undefined): void {
  if (label === undefined) return;
  if (runtime !== 'containerd') throw invalid('image', 'This server runs as a process, without an image');
  if (!Object.hasOwn(template.images, label)) throw invalid('image', `is not an image of ${template.name}`);
}

/** Throws `invalid_input` for a label that is not one of the template's. */
export function assertStartupLine({ startup, name }: Template, label: string | undefined): void {
  if (label === undefined || ('shell' in startup && Object.hasOwn(startup.shell, label))) return;
  throw invalid('startupLine', `is not a startup line of ${name}`);
}

export const usualMode = (runtime: RuntimeName) => (runtime === 'containerd' ? 'bridge' : 'host');
