import type { HealthReport } from '@catalyst/shared/features/nodes-link';
import type { DataSource } from 'typeorm';
import type { NodeRegistry } from '../../realtime/agent-admission.ts';
import { redeemSecret } from './enrolment.ts';
import type { NodeIndex } from './node-index.ts';
import type { NodesService } from './nodes.service.ts';

export interface NodeLinksParts {
  database: DataSource;
  nodeIndex: NodeIndex;
  nodes: NodesService;
}

/** What the link asks about nodes, and tells them. */
export class NodeLinks implements NodeRegistry {
  readonly #parts: NodeLinksParts;

  constructor(parts: NodeLinksParts) {
    this.#parts = parts;
  }

  async agentKeyOf(nodeId: string): Promise<string | null | undefined> {
    return this.#parts.nodeIndex.find(nodeId)?.agentKey;
  }

  async enrol(nodeId: string, agentKey: string, secret: string): Promise<boolean> {
    const { database, nodeIndex } = this.#parts;
    if (!(await redeemSecret(database, nodeId, agentKey, secret))) return false;
    const row = nodeIndex.find(nodeId);
    if (row) nodeIndex.set({ ...row, agentKey, isRefused: false, statusText: null });
    return true;
  }

  async remark(nodeId: string, { text, isRefused }: { text: string; isRefused: boolean }): Promise<void> {
    const row = this.#parts.nodeIndex.find(nodeId);
    if (!row || (row.statusText === text && row.isRefused === isRefused)) return;
    await this.#parts.nodes.change(row, { statusText: text, isRefused });
  }

  async online(nodeId: string, agentVersion: string): Promise<void> {
    const row = this.#parts.nodeIndex.find(nodeId);
    if (!row) return;
    const changes = { agentVersion, lastSeenAt: new Date(), isRefused: false };
    await this.#parts.nodes.change(row, { ...changes, ...(row.isRefused && { statusText: null }) });
  }

  async offline(nodeId: string): Promise<void> {
    const row = this.#parts.nodeIndex.find(nodeId);
    if (!row) return;
    await this.#parts.nodes.change(row, { lastSeenAt: new Date() });
  }

  async health(nodeId: string, report: HealthReport): Promise<void> {
    const row = this.#parts.nodeIndex.find(nodeId);
    if (!row) return;
    const at = new Date();
    this.#parts.nodeIndex.setHealth(nodeId, { ...report, at });
    await this.#parts.nodes.change(row, { lastSeenAt: at });
  }
}
