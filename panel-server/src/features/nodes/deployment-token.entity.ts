import { EntitySchema } from 'typeorm';
import { idColumn, optionalTimeColumn, timeColumn } from '../../database/columns.ts';

/** `fetch` gets the install script, `install` is written into it, `enrol` makes an agent known. */
export type SecretPurpose = 'fetch' | 'install' | 'enrol';

export interface DeploymentTokenRow {
  id: string;
  nodeId: string;
  /** A secret is worth nothing for any other. */
  purpose: SecretPurpose;
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
    purpose: { type: 'text' },
    secretHash: { type: 'text', unique: true },
    createdAt: timeColumn(),
    expiresAt: timeColumn(),
    endedAt: optionalTimeColumn(),
  },
});
