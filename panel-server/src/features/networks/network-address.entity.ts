import { EntitySchema } from 'typeorm';
import { idColumn } from '../../database/columns.ts';

/**
 * An address of a network, given to one server; one agent gives an address once, so it is unique on the node. Like a
 * port it outlives its server until the agent has confirmed the removal.
 */
export interface NetworkAddressRow {
  id: string;
  nodeId: string;
  networkId: string;
  address: string;
  serverId: string;
}

export const NetworkAddressEntity = new EntitySchema<NetworkAddressRow>({
  name: 'NetworkAddress',
  tableName: 'network_addresses',
  columns: {
    id: idColumn(),
    nodeId: { type: 'text' },
    networkId: { type: 'text' },
    address: { type: 'text' },
    serverId: { type: 'text' },
  },
  uniques: [{ name: 'network_addresses_once', columns: ['nodeId', 'address'] }],
});
