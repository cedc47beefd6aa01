import type { KeptAs } from '@catalyst/shared/features/kept-link';
import type { Operation } from '@catalyst/shared/features/servers';
import { EntitySchema } from 'typeorm';
import { idColumn, optionalJsonColumn, optionalTimeColumn, timeColumn } from '../../database/columns.ts';

/** Something an agent was asked to do. Its id travels with every attempt, so that it is done at most once. */
export interface OperationRow {
  id: string;
  serverId: string;
  nodeId: string;
  kind: Operation['kind'];
  /** `pending` is not known to have reached the agent, `running` was accepted by it. */
  status: Operation['status'];
  error: string | null;
  startedAt: Date;
  /** What the agent is given; the panel waits a little longer. */
  deadlineAt: Date;
  finishedAt: Date | null;
  /** Of a deletion: what the files are called that stay; null when none do. */
  keepAs: KeptAs | null;
  /** Of an installation: the files go before it begins. */
  wipesFirst: boolean;
}

export const OperationEntity = new EntitySchema<OperationRow>({
  name: 'Operation',
  tableName: 'operations',
  columns: {
    id: idColumn(),
    serverId: { type: 'text' },
    nodeId: { type: 'text' },
    kind: { type: 'text' },
    status: { type: 'text' },
    error: { type: 'text', nullable: true },
    startedAt: timeColumn(),
    deadlineAt: timeColumn(),
    finishedAt: optionalTimeColumn(),
    keepAs: optionalJsonColumn(),
    wipesFirst: { type: 'boolean' },
  },
});
