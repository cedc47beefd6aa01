import type { NetworkKind, NodeNetwork } from '@catalyst/shared/features/networks';
import { EntitySchema } from 'typeorm';
import { idColumn, jsonColumn, timeColumn } from '../../database/columns.ts';

export interface NodeNetworkRow {
  id: string;
  nodeId: string;
  /** One of a kind on its node; never changes. */
  name: string;
  kind: NetworkKind;
  /** Of macvlan and ipvlan. */
  parent: string | null;
  subnet: string | null;
  gateway: string | null;
  /** Of cni. */
  plugins: NodeNetwork['plugins'];
  createdAt: Date;
  updatedAt: Date;
}

export const NodeNetworkEntity = new EntitySchema<NodeNetworkRow>({
  name: 'NodeNetwork',
  tableName: 'node_networks',
  columns: {
    id: idColumn(),
    nodeId: { type: 'text' },
    name: { type: 'text' },
    kind: { type: 'text' },
    parent: { type: 'text', nullable: true },
    subnet: { type: 'text', nullable: true },
    gateway: { type: 'text', nullable: true },
    plugins: { ...jsonColumn(), nullable: true },
    createdAt: timeColumn(),
    updatedAt: timeColumn(),
  },
  uniques: [{ name: 'node_networks_name', columns: ['nodeId', 'name'] }],
});
