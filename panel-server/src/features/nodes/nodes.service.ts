import { AppError } from '@catalyst/shared/contract/errors';
import type { Page, PageQuery } from '@catalyst/shared/contract/values';
import { type NewNode, Node, type NodeChanges } from '@catalyst/shared/features/nodes';
import type { Template } from '@catalyst/shared/features/templates';
import type { DataSource } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import { type Caller, isPermitted } from '../../access.ts';
import { databaseErrorCode } from '../../database/database-errors.ts';
import type { AgentDoor } from '../../realtime/agent-door.ts';
import type { ClientFeed } from '../../realtime/client-feed.ts';
import type { Revocations } from '../../revocations.ts';
import { ServerEntity } from '../servers/server.entity.ts';
import type { ServerListCache } from '../servers/server-list-cache.ts';
import { issueSecret } from './enrolment.ts';
import { NodeEntity, type NodeRow } from './node.entity.ts';
import type { NodeIndex } from './node-index.ts';
import { type Allocated, describeNode, noServers } from './node-view.ts';

const hasServers = () => new AppError('conflict', 'Delete the servers of this node, or move them, first');
const isForeignKeyViolation = (error: unknown) =>
  ['SQLITE_CONSTRAINT_FOREIGNKEY', '23503'].includes(databaseErrorCode(error) ?? '');

const isPrivateAddress = (address: string) =>
  /^(127|10|192\.168|172\.(1[6-9]|2\d|3[01]))\.[\d.]+$/.test(address);

export interface NodesParts {
  database: DataSource;
  nodeIndex: NodeIndex;
  agents: AgentDoor;
  clients: ClientFeed;
  serverList: ServerListCache;
  revocations: Revocations;
}

/** The machines that run servers. */
export class NodesService {
  readonly #parts: NodesParts;

  constructor(parts: NodesParts) {
    this.#parts = parts;
  }

  /** Those the caller may see. */
  async list(caller: Caller, { limit, cursor }: PageQuery): Promise<Page<Node>> {
    const after = this.#parts.nodeIndex
      .all()
      .filter(({ id }) => cursor === undefined || id > cursor)
      .filter(({ id }) => isPermitted(caller, 'node.read', { nodeId: id }));
    const rows = after.slice(0, limit);
    const allocated = await this.allocated();
    return {
      items: rows.map((row) => this.#describe(row, allocated)),
      nextCursor: after.length > limit ? (rows.at(-1)?.id ?? null) : null,
    };
  }

  async get(id: string): Promise<Node> {
    return this.#describe(this.row(id), await this.allocated());
  }

  async create(input: z.output<typeof NewNode>): Promise<Node> {
    return this.get((await this.#insert(input, false)).id);
  }

  async update(id: string, changes: z.output<typeof NodeChanges>): Promise<Node> {
    await this.change(this.row(id), changes);
    this.#parts.revocations.emit({ kind: 'node-settings', nodeId: id, reason: 'The node was changed' });
    return this.get(id);
  }

  /** Only a node without servers. Its agent is cut off. */
  async delete(id: string): Promise<void> {
    const row = this.row(id);
    if (row.isLocal) throw new AppError('conflict', 'This is the machine the panel runs on');
    const { database, nodeIndex, revocations } = this.#parts;
    if (await database.getRepository(ServerEntity).existsBy({ nodeId: id })) {
      throw hasServers();
    }
    await database
      .getRepository(NodeEntity)
      .delete({ id })
      .catch((error: unknown) => {
        // A server was created on it at this moment.
        throw isForeignKeyViolation(error) ? hasServers() : error;
      });
    nodeIndex.remove(id);
    revocations.emit({ kind: 'node', nodeId: id, reason: 'The node was removed from the panel' });
  }

  async issueSecret(id: string): Promise<{ secret: string; expiresAt: Date }> {
    return issueSecret(this.#parts.database, this.row(id).id);
  }

  /** Throws `not_found`. */
  row(id: string): NodeRow {
    const row = this.#parts.nodeIndex.find(id);
    if (!row) throw new AppError('not_found', 'There is no such node');
    return row;
  }

  /** The node of the panel's own machine, made at the first start. `address` is where others reach it now. */
  async ensureLocal(name: string, address: string): Promise<NodeRow> {
    const existing = this.#parts.nodeIndex.all().find(({ isLocal }) => isLocal);
    if (!existing) {
      const input = {
        name,
        publicAddress: address,
        maxMemoryMb: null,
        maxCpuCores: null,
        opensFirewall: true,
      };
      return this.#insert(input, true);
    }
    // A name or a public address was set by somebody; an address of the local network is the one it had then.
    if (isPrivateAddress(existing.publicAddress) && existing.publicAddress !== address) {
      await this.change(existing, { publicAddress: address });
    }
    return this.row(existing.id);
  }

  async installHostPackages(
    id: string,
    { hostPackages }: Template,
  ): Promise<{ installed: string[]; output: string }> {
    return this.#parts.agents.call(this.row(id).id, 'host-packages:install', { packages: hostPackages });
  }

  async #insert(input: z.output<typeof NewNode>, isLocal: boolean): Promise<NodeRow> {
    const row: NodeRow = {
      id: uuid(),
      name: input.name,
      isLocal,
      hostname: input.hostname ?? null,
      locationId: input.locationId ?? null,
      publicAddress: input.publicAddress,
      maxMemoryMb: input.maxMemoryMb,
      maxCpuCores: input.maxCpuCores,
      opensFirewall: input.opensFirewall,
      agentKey: null,
      agentVersion: null,
      isRefused: false,
      statusText: null,
      lastSeenAt: null,
      createdAt: new Date(),
    };
    await this.#parts.database.getRepository(NodeEntity).insert(row);
    this.#parts.nodeIndex.set(row);
    await this.#tell(row);
    return row;
  }

  /** Writes, and tells those who look. */
  async change(row: NodeRow, changes: Partial<NodeRow>): Promise<void> {
    const { database, nodeIndex } = this.#parts;
    if (Object.keys(changes).length > 0) {
      await database.getRepository(NodeEntity).update({ id: row.id }, changes);
    }
    const current = nodeIndex.find(row.id);
    if (!current) return;
    const next = { ...current, ...changes };
    nodeIndex.set(next);
    await this.#tell(next);
  }

  async #tell(row: NodeRow): Promise<void> {
    this.#parts.serverList.invalidate();
    const node = this.#describe(row, await this.allocated());
    this.#parts.clients.toNode(node.id, 'node_update', { node: z.encode(Node, node) });
  }

  #describe(row: NodeRow, allocated: ReadonlyMap<string, Allocated>): Node {
    return describeNode(row, {
      isOnline: this.#parts.agents.isOnline(row.id),
      health: this.#parts.nodeIndex.healthOf(row.id),
      allocated: allocated.get(row.id) ?? noServers,
    });
  }

  /** What the servers of each node were promised; nodes without servers are absent. */
  async allocated(): Promise<Map<string, Allocated>> {
    const sums = await this.#parts.database
      .getRepository(ServerEntity)
      .createQueryBuilder('server')
      .select('server.nodeId', 'nodeId')
      .addSelect('SUM(server.allocatedMemoryMb)', 'memoryMb')
      .addSelect('SUM(server.allocatedCpuCores)', 'cpuCores')
      .addSelect('COUNT(*)', 'servers')
      .groupBy('server.nodeId')
      .getRawMany<Record<'nodeId' | 'memoryMb' | 'cpuCores' | 'servers', string>>();
    return new Map(
      sums.map(({ nodeId, memoryMb, cpuCores, servers }) => [
        nodeId,
        { memoryMb: Number(memoryMb), cpuCores: Number(cpuCores), servers: Number(servers) },
      ]),
    );
  }
}
