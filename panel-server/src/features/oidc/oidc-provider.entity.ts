import { EntitySchema } from 'typeorm';
import { idColumn, jsonColumn, timeColumn } from '../../database/columns.ts';

export interface OidcProviderRow {
  id: string;
  name: string;
  issuer: string;
  clientId: string;
  sealedSecret: string | null;
  scopes: string[];
  allowCreate: boolean;
  isTrusted: boolean;
  skipsFactor: boolean;
  groupClaim: string | null;
  groupRoles: { group: string; roleId: string }[];
  isEnabled: boolean;
  createdAt: Date;
  updatedAt: Date;
}

export const OidcProviderEntity = new EntitySchema<OidcProviderRow>({
  name: 'OidcProvider',
  tableName: 'oidc_providers',
  columns: {
    id: idColumn(),
    name: { type: 'text' },
    issuer: { type: 'text' },
    clientId: { type: 'text' },
    sealedSecret: { type: 'text', nullable: true },
    scopes: jsonColumn(),
    allowCreate: { type: 'boolean' },
    isTrusted: { type: 'boolean' },
    skipsFactor: { type: 'boolean' },
    groupClaim: { type: 'text', nullable: true },
    groupRoles: jsonColumn(),
    isEnabled: { type: 'boolean' },
    createdAt: timeColumn(),
    updatedAt: timeColumn(),
  },
});
