import { AppError } from '@catalyst/shared/contract/errors';
import { isTransitionAllowed } from '@catalyst/shared/features/server-states';
import type { DataSource } from 'typeorm';
import type { Caller } from '../../access.ts';
import { inTransaction } from '../../database/sqlite-gate.ts';
import type { AgentDoor } from '../../realtime/agent-door.ts';
import type { Revocations } from '../../revocations.ts';
import { endOperation, findOperation, isOpen } from '../operations/operations.ts';
import type { ServerRow } from './server.entity.ts';
import type { ServerFeed } from './server-feed.ts';
import type { ServerIndex } from './server-index.ts';
import type { ServerSpecs } from './server-specs.ts';
import { getServer, tooLate, updateUnchanged } from './server-store.ts';
import { byCaller } from './transitions.ts';

interface SuspensionParts {
  database: DataSource;
  agents: AgentDoor;
  specs: ServerSpecs;
  feed: ServerFeed;
  serverIndex: ServerIndex;
  revocations: Revocations;
}

/**
 * Takes a server out of use and gives it back. What is on record counts at once, at every door of the panel; the agent is
 * told, stops the game, and starts it for nobody; one that is away is told when it comes back.
 */
export class ServerSuspension {
  readonly #parts: SuspensionParts;

  constructor(parts: SuspensionParts) {
    this.#parts = parts;
  }

  async suspend(id: string, reason: string, caller: Caller): Promise<void> {
    const row = await getServer(this.#parts.database, id);
    if (row.suspendedAt) throw new AppError('invalid_state', 'The server is suspended already');
    if (!isTransitionAllowed(row.state, 'suspended', 'panel')) {
      throw new AppError('invalid_state', `The server is ${row.state}; wait until this is over`);
    }
    const now = new Date();
    await this.#change(
      row,
      {
        state: 'suspended',
        stateChangedAt: now,
        desiredState: 'stopped',
        startAfterInstall: false,
        reason: null,
        reasonText: reason || null,
        nextRestartAt: null,
        suspendedAt: now,
        suspendedById: caller.userId,
        suspendedByName: caller.name,
        suspensionReason: reason || null,
      },
      caller,
    );
  }

  async unsuspend(id: string, caller: Caller): Promise<void> {
    const row = await getServer(this.#parts.database, id);
    if (!row.suspendedAt) throw new AppError('invalid_state', 'The server is not suspended');
    await this.#change(
      row,
      {
        state: 'stopped',
        stateChangedAt: new Date(),
        reason: null,
        reasonText: null,
        suspendedAt: null,
        suspendedById: null,
        suspendedByName: null,
        suspensionReason: null,
      },
      caller,
    );
  }

  async #change(row: ServerRow, changes: Partial<ServerRow>, caller: Caller): Promise<void> {
    const { database, agents, specs, feed, serverIndex, revocations } = this.#parts;
    const changed = await inTransaction(database, async (manager) => {
      const current = await findOperation(manager, row.operationId);
      if (isOpen(current) && current.kind === 'delete') {
        throw new AppError('invalid_state', 'The server is being deleted');
      }
      const next = await updateUnchanged(manager, row, changes, byCaller(caller));
      if (!next) throw tooLate();
      if (isOpen(current)) await endOperation(manager, current.id, 'The server was suspended');
      return next;
    });
    serverIndex.add(changed);
    const reason = changed.suspendedAt ? 'The server was suspended' : 'The suspension was lifted';
    revocations.emit({ kind: 'rights', serverId: row.id, reason });
    feed.stateChanged(row.state, changed);
    feed.changed(changed);
    if (!agents.isOnline(row.nodeId)) return;
    await specs.applyOrLater(changed, {
      call: (name, input, options) => agents.call(row.nodeId, name, input, options),
    });
  }
}
