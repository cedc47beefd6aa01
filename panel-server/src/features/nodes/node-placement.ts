import { AppError } from '@catalyst/shared/contract/errors';
import type { RuntimeName } from '@catalyst/shared/features/server-spec';
import type { NewServer } from '@catalyst/shared/features/servers';
import type { Template } from '@catalyst/shared/features/templates';
import type { EntityManager } from 'typeorm';
import { nodeOffline } from '../../realtime/agent-connection.ts';
import type { AgentDoor } from '../../realtime/agent-door.ts';
import { NodeEntity, type NodeRow } from './node.entity.ts';
import { chooseNode, runtimeOn } from './node-choice.ts';
import type { NodeIndex } from './node-index.ts';
import { noServers } from './node-view.ts';
import type { NodesService } from './nodes.service.ts';

export interface NodePlacementParts {
  nodeIndex: NodeIndex;
  agents: AgentDoor;
  nodes: NodesService;
}

/** Where a new server goes, and whether it can live there. */
export class NodePlacement {
  readonly #parts: NodePlacementParts;

  constructor(parts: NodePlacementParts) {
    this.#parts = parts;
  }

  /** The asked node, or the one with the most memory left; online, and able to run this. */
  async chooseFor(template: Template, input: NewServer): Promise<NodeRow> {
    const { nodeIndex, agents, nodes } = this.#parts;
    if (input.nodeId !== undefined) return this.#asked(input.nodeId, template);
    const allocated = await nodes.allocated();
    const candidates = nodeIndex
      .all()
      .filter(({ id, locationId }) => agents.isOnline(id) && locationId === (input.locationId ?? locationId))
      .map((row) => ({
        row,
        health: nodeIndex.healthOf(row.id),
        allocated: allocated.get(row.id) ?? noServers,
      }));
    return chooseNode(candidates, template, input.allocatedMemoryMb);
  }

  /** Throws `conflict` when the node cannot run it. */
  runtimeFor(nodeId: string, template: Template): RuntimeName {
    const runtime = runtimeOn(this.#parts.nodeIndex.healthOf(nodeId), template);
    if (!runtime) throw new AppError('conflict', `This node cannot run ${template.name}`);
    return runtime;
  }

  /** Throws `host_package_missing` naming what an administrator has to install. */
  async assertHostPackages(nodeId: string, { hostPackages, name }: Template): Promise<void> {
    if (hostPackages.length === 0) return;
    const { missing } = await this.#parts.agents.call(nodeId, 'host-packages:missing', {
      packages: hostPackages,
    });
    if (missing.length === 0) return;
    const message = `${name} needs packages this node lacks: ${missing.join(', ')}`;
    const issues = missing.map((one) => ({ path: 'hostPackages', message: one }));
    throw new AppError('host_package_missing', message, { issues });
  }

  #asked(nodeId: string, template: Template): NodeRow {
    const row = this.#parts.nodeIndex.find(nodeId);
    if (!row) {
      throw new AppError('invalid_input', 'There is no such node', {
        issues: [{ path: 'nodeId', message: 'is not a node' }],
      });
    }
    if (!this.#parts.agents.isOnline(nodeId)) throw nodeOffline();
    this.runtimeFor(nodeId, template);
    return row;
  }
}

/** The row as it is now, kept from changing (and its servers from being added to) until the transaction ends. */
export async function lockNode(manager: EntityManager, id: string): Promise<NodeRow> {
  // A transaction on SQLite is alone anyway.
  const isShared = manager.connection.options.type === 'postgres';
  const row = await manager.findOne(NodeEntity, {
    where: { id },
    ...(isShared && { lock: { mode: 'pessimistic_write' as const } }),
  });
  if (!row) throw new AppError('not_found', 'There is no such node');
  return row;
}
