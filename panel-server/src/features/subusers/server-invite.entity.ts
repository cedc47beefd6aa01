import type { Permission } from '@catalyst/shared/contract/permissions';
import { EntitySchema } from 'typeorm';
import { idColumn, jsonColumn, timeColumn } from '../../database/columns.ts';

/** Access that was offered. The row is deleted when it is accepted, which only one can do. */
export interface ServerInviteRow {
  id: string;
  serverId: string;
  /** Lower case; null for whoever has the link. */
  email: string | null;
  /** SHA-256 of the token, hex; the token itself is nowhere. */
  tokenHash: string;
  permissions: Permission[];
  inviterId: string;
  createdAt: Date;
  expiresAt: Date;
}

export const ServerInviteEntity = new EntitySchema<ServerInviteRow>({
  name: 'ServerInvite',
  tableName: 'server_invites',
  columns: {
    id: idColumn(),
    serverId: { type: 'text' },
    email: { type: 'text', nullable: true },
    tokenHash: { type: 'text' },
    permissions: jsonColumn(),
    inviterId: { type: 'text' },
    createdAt: timeColumn(),
    expiresAt: timeColumn(),
  },
});
