import { EntitySchema } from 'typeorm';
import { idColumn, optionalTimeColumn, timeColumn } from '../../database/columns.ts';

export interface OutgoingMailRow {
  id: string;
  kind: string;
  recipient: string;
  /** Null once there is nothing left to send. */
  sealedValues: string | null;
  attempts: number;
  problem: string | null;
  createdAt: Date;
  /** From then on nobody has a use for it. */
  expiresAt: Date | null;
  /** Null when it was sent or given up. */
  nextAttemptAt: Date | null;
  /** Until then the panel that took it up is at work on it. */
  leasedUntil: Date;
  sentAt: Date | null;
}

export const OutgoingMailEntity = new EntitySchema<OutgoingMailRow>({
  name: 'OutgoingMail',
  tableName: 'outgoing_mails',
  columns: {
    id: idColumn(),
    kind: { type: 'text' },
    recipient: { type: 'text' },
    sealedValues: { type: 'text', nullable: true },
    attempts: { type: 'integer' },
    problem: { type: 'text', nullable: true },
    createdAt: timeColumn(),
    expiresAt: optionalTimeColumn(),
    nextAttemptAt: optionalTimeColumn(),
    leasedUntil: timeColumn(),
    sentAt: optionalTimeColumn(),
  },
});
