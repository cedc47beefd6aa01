import { EntitySchema } from 'typeorm';
import { idColumn, jsonColumn, timeColumn } from '../../database/columns.ts';

/** Addresses are written as `canonicalAddress` does. */
export interface IpPoolRow {
  id: string;
  nodeId: string;
  networkId: string;
  cidr: string;
  startIp: string;
  endIp: string;
  reserved: string[];
  createdAt: Date;
  updatedAt: Date;
}

export const IpPoolEntity = new EntitySchema<IpPoolRow>({
  name: 'IpPool',
  tableName: 'ip_pools',
  columns: {
    id: idColumn(),
    nodeId: { type: 'text' },
    networkId: { type: 'text' },
    cidr: { type: 'text' },
    startIp: { type: 'text' },
    endIp: { type: 'text' },
    reserved: jsonColumn(),
    createdAt: timeColumn(),
    updatedAt: timeColumn(),
  },
});
