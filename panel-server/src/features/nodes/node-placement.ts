import { AppError } from '@catalyst/shared/contract/errors';
import type { RuntimeName } from '@catalyst/shared/features/server-spec';
import type { NewServer } from '@catalyst/shared/features/servers';
import type { Template } from '@catalyst/shared/features/templates';
import type { EntityManager } from 'typeorm';
import { nodeOffline } from '../../realtime/agent-connection.ts';
import type { AgentDoor } from '../../realtime/agent-door.ts';
import { NodeEntity, type NodeRow } from './node.entity.ts';
import { chooseNode, runtimeOn, suits } from './node-choice.ts';
import type { NodeIndex } from './node-index.ts';
import { noServers } from './node-view.ts';
import type { NodesService } from './nodes.service.ts';

export interface NodePlacementParts {
  nodeIndex: NodeIndex;
  agents: AgentDoor;
  nodes: NodesService;
}

const runtimeWords: Record<RuntimeName, string> = {
  containerd: 'in containers',
  process: 'as processes',
  fake: 'in a simulation',
};

/** Where a new server goes, and whether it can live there. */
export class NodePlacement {
  readonly #parts: NodePlacementParts;

  constructor(parts: NodePlacementParts) {
    this.#parts = parts;
  }

  /** The asked node, or the one with the most memory left; online, able to run this, and `among` these if given. */
  async chooseFor(template: Template, input: NewServer, among?: ReadonlySet<string>): Promise<NodeRow> {
    const { nodeIndex, agents, nodes } = this.#parts;
    if (input.nodeId !== undefined) return this.#asked(input.nodeId, template, input.runtime);
    const allocated = await nodes.allocated();
    const candidates = nodeIndex
      .all()
      .filter(({ id, locationId }) => agents.isOnline(id) && locationId === (input.locationId ?? locationId))
      .filter(({ id }) => among?.has(id) ?? true)
      .map((row) => ({
        row,
        health: nodeIndex.healthOf(row.id),
        allocated: allocated.get(row.id) ?? noServers,
      }));
    return chooseNode(candidates, template, input.allocatedMemoryMb, input.runtime);
  }

  /** How the node runs it when nobody asks for anything else; null when it cannot. */
  usualRuntime(nodeId: string, template: Template): RuntimeName | null {
    return runtimeOn(this.#parts.nodeIndex.healthOf(nodeId), template);
  }

  /** The asked runtime, or the usual one. Throws `invalid_input` or `conflict` with the reason why not. */
  runtimeFor(nodeId: string, template: Template, asked?: RuntimeName): RuntimeName {
    const health = this.#parts.nodeIndex.healthOf(nodeId);
    const runtime = runtimeOn(health, template, asked);
    if (runtime) return runtime;
    if (asked === undefined) throw new AppError('conflict', `This node cannot run ${template.name}`);
    if (!suits(template, asked)) {
      const message =
        asked === 'containerd'
          ? `${template.name} has no container image; it runs as a process`
          : `${template.name} runs in containers only`;
      throw new AppError('invalid_input', message, { issues: [{ path: 'runtime', message }] });
    }
    const [note] = health?.runtimes.find(({ name }) => name === asked)?.notes ?? [];
    const message = `This node cannot run servers ${runtimeWords[asked]}${note ? `: ${note}` : ''}`;
    throw new AppError('conflict', message, { issues: [{ path: 'runtime', message }] });
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

  #asked(nodeId: string, template: Template, runtime: RuntimeName | undefined): NodeRow {
    const row = this.#parts.nodeIndex.find(nodeId);
    if (!row) {
      throw new AppError('invalid_input', 'There is no such node', {
        issues: [{ path: 'nodeId', message: 'is not a node' }],
      });
    }
    if (!this.#parts.agents.isOnline(nodeId)) throw nodeOffline();
    this.runtimeFor(nodeId, template, runtime);
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
