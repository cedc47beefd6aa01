import { AppError } from '@catalyst/shared/contract/errors';
import type { PortRange } from '@catalyst/shared/features/port-ranges';
import type { PortBinding } from '@catalyst/shared/features/server-spec';
import { isUp } from '@catalyst/shared/features/server-states';
import type { ServerChanges } from '@catalyst/shared/features/servers';
import type { Template } from '@catalyst/shared/features/templates';
import type { DataSource, EntityManager } from 'typeorm';
import { type Caller, isPermitted } from '../../access.ts';
import { inTransaction } from '../../database/sqlite-gate.ts';
import type { SecretBox } from '../../identity/secret-box.ts';
import type { AgentDoor } from '../../realtime/agent-door.ts';
import { addressFinder } from '../ip-pools/address-finder.ts';
import { joinNetwork } from '../networks/network-addresses.ts';
import {
  chooseNetwork,
  hasOwnAddress,
  type NetworkChoice,
  needsAddress,
  networkOf,
} from '../networks/network-choice.ts';
import type { NodeRow } from '../nodes/node.entity.ts';
import { lockNode } from '../nodes/node-placement.ts';
import type { Templates } from '../templates/templates.service.ts';
import { resolveVariables } from '../templates/variables.ts';
import { assertCapacity } from './capacity.ts';
import { assertImage, assertMemory, assertStartupLine } from './create-server.ts';
import { isFollower } from './followed-ports.ts';
import { takePorts } from './port-allocation.ts';
import { movedBindings, portWishes } from './port-wishes.ts';
import { ServerEntity, type ServerRow } from './server.entity.ts';
import type { ServerIndex } from './server-index.ts';
import { assertMayChangeLimits, assertMayChangePorts, assertMayChooseNetwork } from './server-rights.ts';
import { openEnvironment, sealEnvironment } from './server-secrets.ts';
import { getServer, knownPortsOf, tooLate } from './server-store.ts';
import { mayEditAll } from './server-view.ts';
import { portsOfVariables, portValues } from './variable-ports.ts';

interface UpdateParts {
  database: DataSource;
  agents: AgentDoor;
  templates: Templates;
  secrets: SecretBox;
  portRange: PortRange;
  serverIndex: ServerIndex;
}

/** Changes servers: all that can be wrong is found before anything is on record. */
export class ServerUpdates {
  readonly #parts: UpdateParts;

  constructor(parts: UpdateParts) {
    this.#parts = parts;
  }

  async update(row: ServerRow, changes: ServerChanges, caller: Caller): Promise<void> {
    const { database, serverIndex } = this.#parts;
    const place = serverIndex.placeOf(row);
    assertMayChangeLimits(row, changes, caller, place);
    const known = (await knownPortsOf(database, [row.id])).get(row.id) ?? [];
    const current = known.map(({ binding }) => binding);
    const columns = this.#columns(row, changes, current, caller);
    const ofVariables = this.#ofVariables(row, changes, current);
    const before: NetworkChoice = { ...row, network: await networkOf(database, row) };
    const after = await this.#network(row, before, changes, caller);
    const moved = after ?? before;
    const arePortsChanged = changes.portBindings !== undefined || ofVariables.size > 0;
    if (!after && !arePortsChanged) {
      await inTransaction(database, async (manager) => {
        await this.#write(manager, await lockNode(manager, row.nodeId), row, columns);
      });
      return;
    }
    if (arePortsChanged) assertMayChangePorts(place, caller);
    const template = this.#template(row);
    const isPlacedElsewhere = (name = '') => ofVariables.has(name) || isFollower(template, name);
    const portBindings =
      changes.portBindings ??
      movedBindings(current, before, moved).map(({ port, targetPort, ...binding }) =>
        isPlacedElsewhere(binding.name) ? binding : { ...binding, port, targetPort },
      );
    const seat = { id: row.id, staticIp: moved.staticIp };
    const plan = {
      nodeId: row.nodeId,
      serverId: row.id,
      wishes: portWishes(template, { portBindings, current: known, ofVariables }, moved),
      ...(moved.network && needsAddress(moved) && { findAddress: addressFinder(moved.network, seat) }),
      networkId: hasOwnAddress(moved) ? (moved.network?.id ?? null) : null,
      current: hasOwnAddress(before) ? [] : current,
      isMachineAsked: this.#canAskMachine(row, moved),
      isAnyPort: isPermitted(caller, 'node.update', { nodeId: row.nodeId }),
      isIpv4Only: moved.networkMode === 'bridge',
    };
    await takePorts(this.#parts, plan, async (manager, node) => {
      await assertSameNetwork(manager, row);
      const network = {
        networkMode: moved.networkMode,
        networkId: moved.network?.id ?? null,
        staticIp: seat.staticIp,
      };
      await joinNetwork(manager, { ...row, ...network });
      await this.#write(manager, node, row, { ...columns, ...network });
    });
  }

  async #write(
    manager: EntityManager,
    node: NodeRow,
    row: ServerRow,
    columns: Partial<ServerRow>,
  ): Promise<void> {
    await assertCapacity(manager, node, { ...row, ...columns });
    await manager.update(ServerEntity, { id: row.id }, { ...columns, updatedAt: new Date() });
  }

  /** The network it moves to; null when it stays where it is. */
  async #network(
    { nodeId, runtime }: ServerRow,
    before: NetworkChoice,
    { networkMode = before.networkMode, staticIp }: ServerChanges,
    caller: Caller,
  ): Promise<NetworkChoice | null> {
    const isMode = networkMode === before.networkMode;
    if (isMode && (staticIp === undefined || staticIp === before.staticIp)) return null;
    const wish = { networkMode, staticIp: isMode && staticIp === undefined ? before.staticIp : staticIp };
    const choice = await chooseNetwork(this.#parts.database, { nodeId, runtime }, wish);
    assertMayChooseNetwork(choice, runtime, caller, { nodeId });
    return choice;
  }

  /** A game may have opened the port by itself already, on the machine's own network. */
  #canAskMachine({ nodeId, state }: ServerRow, { networkMode }: NetworkChoice): boolean {
    return this.#parts.agents.isOnline(nodeId) && !(networkMode === 'host' && isUp(state));
  }

  #ofVariables(row: ServerRow, { environment }: ServerChanges, current: readonly PortBinding[]) {
    if (!environment) return new Map();
    const template = this.#template(row);
    return portsOfVariables(template, environment, { ...row.environment, ...portValues(template, current) });
  }

  #columns(
    row: ServerRow,
    changes: ServerChanges,
    ports: readonly PortBinding[],
    caller: Caller,
  ): Partial<ServerRow> {
    const { templates, secrets } = this.#parts;
    const { environment, runtime = row.runtime, portBindings, networkMode, staticIp, ...columns } = changes;
    if (runtime !== row.runtime) {
      const message = 'A server keeps the runtime it was created with; create a new one';
      throw new AppError('conflict', message, { issues: [{ path: 'runtime', message }] });
    }
    const template = templates.find(row.templateId);
    if (columns.allocatedMemoryMb !== undefined && template) {
      assertMemory(template, columns.allocatedMemoryMb);
    }
    if (columns.image !== undefined) assertImage(this.#template(row), row.runtime, columns.image);
    if (columns.startupLine !== undefined) assertStartupLine(this.#template(row), columns.startupLine);
    if (!environment) return columns;
    const values = resolveVariables(this.#template(row), environment, {
      current: { ...openEnvironment(secrets, row), ...portValues(this.#template(row), ports) },
      mayEditAll: mayEditAll(caller, { nodeId: row.nodeId }),
    });
    return { ...columns, ...sealEnvironment(secrets, row.id, this.#template(row), values) };
  }

  #template({ templateId }: ServerRow): Template {
    const template = this.#parts.templates.find(templateId);
    if (!template) throw new AppError('conflict', `The template ${templateId} no longer exists`);
    return template;
  }
}

/** Its ports were chosen for the network it was in when it was read. */
async function assertSameNetwork(manager: EntityManager, row: ServerRow): Promise<void> {
  const now = await getServer(manager, row.id);
  if (
    now.networkId !== row.networkId ||
    now.networkMode !== row.networkMode ||
    now.staticIp !== row.staticIp
  ) {
    throw tooLate();
  }
}
