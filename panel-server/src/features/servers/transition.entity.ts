import type { ServerReason, ServerState } from '@catalyst/shared/features/server-states';
import type { TransitionActor } from '@catalyst/shared/features/servers';
import { EntitySchema } from 'typeorm';
import { idColumn, optionalJsonColumn, timeColumn } from '../../database/columns.ts';

/** One change of a server's state, with who brought it about; gone with the server. */
export interface TransitionRow {
  /** In the order in which they were written down. */
  id: string;
  serverId: string;
  at: Date;
  /** Null where its life began. */
  previous: ServerState | null;
  state: ServerState;
  reason: ServerReason | null;
  reasonText: string | null;
  exitCode: number | null;
  /** Of a crash. */
  signal: string | null;
  outOfMemory: boolean;
  lastLines: string[] | null;
  actorKind: TransitionActor['kind'];
  actorName: string | null;
}

export const TransitionEntity = new EntitySchema<TransitionRow>({
  name: 'ServerTransition',
  tableName: 'server_transitions',
  columns: {
    id: idColumn(),
    serverId: { type: 'text' },
    at: timeColumn(),
    previous: { type: 'text', nullable: true },
    state: { type: 'text' },
    reason: { type: 'text', nullable: true },
    reasonText: { type: 'text', nullable: true },
    exitCode: { type: 'integer', nullable: true },
    signal: { type: 'text', nullable: true },
    outOfMemory: { type: 'boolean' },
    lastLines: optionalJsonColumn(),
    actorKind: { type: 'text' },
    actorName: { type: 'text', nullable: true },
  },
});
