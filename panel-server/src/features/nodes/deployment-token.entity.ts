import { EntitySchema } from 'typeorm';
import { idColumn, optionalTimeColumn, timeColumn } from '../../database/columns.ts';

export interface DeploymentTokenRow {
  id: string;
  nodeId: string;
  /** SHA-256 of the secret, which itself is kept nowhere. */
  secretHash: string;
  createdAt: Date;
  expiresAt: Date;
  /** When it was used, or ended by a newer one. */
  endedAt: Date | null;
}

export const DeploymentTokenEntity = new EntitySchema<DeploymentTokenRow>({
  name: 'DeploymentToken',
  tableName: 'deployment_tokens',
  columns: {
    id: idColumn(),
    nodeId: { type: 'text' },
    secretHash: { type: 'text', unique: true },
    createdAt: timeColumn(),
    expiresAt: timeColumn(),
    endedAt: optionalTimeColumn(),
  },
});
