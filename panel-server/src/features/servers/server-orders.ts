import { AppError } from '@catalyst/shared/contract/errors';
import type { AgentAction } from '@catalyst/shared/features/agent-link';
import type { KeptAs } from '@catalyst/shared/features/kept-link';
import {
  allowedActions,
  isTransitionAllowed,
  type PowerAction,
  reportedPath,
  type ServerState,
} from '@catalyst/shared/features/server-states';
import type { TransitionActor } from '@catalyst/shared/features/servers';
import type { DataSource, EntityManager } from 'typeorm';
import { suspended } from '../../access.ts';
import { inTransaction } from '../../database/sqlite-gate.ts';
import type { Logger } from '../../logger.ts';
import { type AgentLink, nodeOffline } from '../../realtime/agent-connection.ts';
import type { AgentDoor } from '../../realtime/agent-door.ts';
import { operationTimeoutMs, outcomeByState } from '../operations/deadlines.ts';
import { OperationEntity, type OperationRow } from '../operations/operation.entity.ts';
import { endOperation, findOperation, isOpen, markRunning, newOperation } from '../operations/operations.ts';
import type { Templates } from '../templates/templates.service.ts';
import type { ServerRow } from './server.entity.ts';
import type { ServerFeed } from './server-feed.ts';
import type { ServerSpecs } from './server-specs.ts';
import { findServer, getServer, tooLate, updateUnchanged } from './server-store.ts';
import { byPanel } from './transitions.ts';

/** An order that does not get an answer by then is answered for: it is on record and will be carried out, or fail. */
const answerWaitMs = 3000;

const agentActions: Record<OperationRow['kind'], AgentAction> = {
  start: 'start',
  stop: 'stop',
  restart: 'restart',
  kill: 'kill',
  install: 'install',
  delete: 'remove',
};

/** Orders to agents: on record first, then sent, then shown; each carried out at most once, and ended by its deadline. */
export class ServerOrders {
  readonly #database: DataSource;
  readonly #agents: AgentDoor;
  readonly #templates: Templates;
  readonly #specs: ServerSpecs;
  readonly #feed: ServerFeed;
  readonly #log: Logger;

  constructor(parts: {
    database: DataSource;
    agents: AgentDoor;
    templates: Templates;
    specs: ServerSpecs;
    feed: ServerFeed;
    log: Logger;
  }) {
    this.#database = parts.database;
    this.#agents = parts.agents;
    this.#templates = parts.templates;
    this.#specs = parts.specs;
    this.#feed = parts.feed;
    this.#log = parts.log;
  }

  async power(
    serverId: string,
    action: PowerAction,
    actor: TransitionActor,
  ): Promise<{ operationId: string; state: ServerState }> {
    const row = await this.#usable(serverId);
    const current = await findOperation(this.#database, row.operationId);
    if (!allowedActions(row.state).includes(action) || (isOpen(current) && current.kind === action)) {
      throw new AppError(
        'invalid_state',
        `The server is ${row.state}${underWay(current)}; ${allowed(row.state)}`,
      );
    }
    if (isOpen(current) && current.kind === 'delete') throw beingDeleted();
    if (action === 'start' && row.installedAt === null) {
      throw new AppError('invalid_state', 'The server is not installed; run its installation again');
    }
    const isWanted = action === 'start' || action === 'restart';
    return this.#give(
      row,
      current,
      action,
      stateAfterOrder(row.state, action),
      {
        desiredState: isWanted ? 'running' : 'stopped',
        ...(!isWanted && { startAfterInstall: false }),
      },
      actor,
    );
  }

  async reinstall(
    serverId: string,
    wipesFirst: boolean,
    actor: TransitionActor,
  ): Promise<{ operationId: string; state: ServerState }> {
    const row = await this.#usable(serverId);
    const current = await findOperation(this.#database, row.operationId);
    if (isOpen(current) && current.kind === 'delete') throw beingDeleted();
    if (!isTransitionAllowed(row.state, 'installing', 'panel')) {
      throw new AppError('invalid_state', `The server is ${row.state}; stop it before installing again`);
    }
    return this.#give(
      row,
      current,
      'install',
      'installing',
      {
        desiredState: row.startAfterInstall ? 'running' : 'stopped',
        installedAt: null,
      },
      actor,
      { wipesFirst },
    );
  }

  /** Asks the agent to remove a server that is down. */
  async remove(row: ServerRow, keepAs: KeptAs | null): Promise<string> {
    const current = await findOperation(this.#database, row.operationId);
    if (isOpen(current) && current.kind === 'delete') return current.id;
    return (await this.#give(row, current, 'delete', row.state, {}, byPanel, { keepAs })).operationId;
  }

  /** The operation of a server that is being made; the caller writes the row that names it. */
  async recordInstall(manager: EntityManager, row: Omit<ServerRow, 'operationId'>): Promise<OperationRow> {
    const operation = this.#new(row, 'install');
    await manager.insert(OperationEntity, operation);
    return operation;
  }

  /**
   * Tells the agent. No answer leaves the operation pending: it is sent again, under the same id, when the agent is
   * back. A refusal ends it and is thrown.
   */
  send(row: ServerRow, operation: OperationRow, link?: AgentLink): Promise<void> {
    return this.#send(row, operation, null, link);
  }

  /** `before` is the server without the order; null where nobody knows that any more. */
  async #send(
    row: ServerRow,
    operation: OperationRow,
    before: ServerRow | null,
    link?: AgentLink,
  ): Promise<void> {
    const agent: AgentLink = link ?? {
      call: (name, input, options) => this.#agents.call(row.nodeId, name, input, options),
    };
    try {
      if (operation.kind === 'start' || operation.kind === 'restart' || operation.kind === 'install') {
        await this.#specs.apply(row, agent);
      }
      await agent.call(
        'server_control',
        {
          operationId: operation.id,
          serverId: row.id,
          action: agentActions[operation.kind],
          ...asToFiles(operation.keepAs),
          ...(operation.wipesFirst && { wipeFirst: true }),
          deadlineMs: Math.max(1000, operation.deadlineAt.getTime() - Date.now()),
        },
        { timeoutMs: answerWaitMs },
      );
      await markRunning(this.#database, operation.id);
    } catch (error) {
      if (isSilence(error)) return;
      const isUnknown = isUnknownWish(error, operation);
      const refusal = isUnknown ? cannotWipe() : error;
      // Such an agent has touched nothing.
      await this.#refused(row.id, operation, refusal, isUnknown ? before : null);
      throw refusal;
    }
  }

  async #give(
    row: ServerRow,
    current: OperationRow | null,
    kind: OperationRow['kind'],
    state: ServerState,
    changes: Partial<ServerRow>,
    actor: TransitionActor,
    asked: Partial<Pick<OperationRow, 'keepAs' | 'wipesFirst'>> = {},
  ): Promise<{ operationId: string; state: ServerState }> {
    const operation = { ...this.#new(row, kind), ...asked };
    const ordered = await inTransaction(this.#database, async (manager) => {
      const next = await updateUnchanged(
        manager,
        row,
        {
          ...changes,
          state,
          operationId: operation.id,
          ...(state !== row.state && {
            stateChangedAt: operation.startedAt,
            reason: null,
            reasonText: null,
            nextRestartAt: null,
          }),
        },
        actor,
      );
      if (!next) throw tooLate();
      if (isOpen(current)) await endOperation(manager, current.id, endOfReplaced(current, row, kind));
      await manager.insert(OperationEntity, operation);
      return next;
    });
    const sent = this.#send(ordered, operation, row);
    if (state !== row.state) this.#feed.stateChanged(row.state, ordered);
    this.#feed.changed(ordered);
    await sent;
    return { operationId: operation.id, state };
  }

  /** The agent will not do it: the operation ends, and the state goes back to what the agent last told. */
  async #refused(
    serverId: string,
    operation: OperationRow,
    error: unknown,
    before: ServerRow | null,
  ): Promise<void> {
    const text = error instanceof AppError ? error.message : 'The panel could not send this order';
    if (!(error instanceof AppError)) this.#log.error({ err: error, serverId }, 'An order was not sent');
    if (!(await endOperation(this.#database, operation.id, text))) return;
    const row = await findServer(this.#database, serverId);
    if (!row || row.operationId !== operation.id) return;
    const { state, changes } = before ? putBack(row, before) : stateAfterRefusal(row, operation, text);
    const settled = await updateUnchanged(this.#database, row, { ...changes, state }, byPanel);
    if (settled && state !== row.state) this.#feed.stateChanged(row.state, settled);
    this.#feed.changed(row);
  }

  async #usable(serverId: string): Promise<ServerRow> {
    const row = await getServer(this.#database, serverId);
    if (row.suspendedAt || row.state === 'suspended') throw suspended();
    if (!this.#agents.isOnline(row.nodeId)) throw nodeOffline();
    return row;
  }

  #new(row: Pick<ServerRow, 'id' | 'nodeId' | 'templateId'>, kind: OperationRow['kind']): OperationRow {
    const timeoutMs = operationTimeoutMs(kind, this.#templates.find(row.templateId));
    return newOperation({ serverId: row.id, nodeId: row.nodeId, kind }, timeoutMs);
  }
}

/** What becomes of the files of a server that is removed. */
export const asToFiles = (keepAs: KeptAs | null) => (keepAs ? { wipe: false, keepAs } : { wipe: true });

function stateAfterOrder(state: ServerState, action: PowerAction): ServerState {
  if (action === 'start') return 'starting';
  if (state === 'crashed') return 'stopped';
  return state === 'installing' ? state : 'stopping';
}

function stateAfterRefusal(row: ServerRow, { kind }: OperationRow, text: string) {
  const changes = { stateChangedAt: new Date(), desiredState: 'stopped' as const };
  if (kind === 'install') {
    const why = { reason: 'install_failed' as const, reasonText: text };
    return { state: 'error' as const, changes: { ...changes, ...why } };
  }
  const told = row.reportedState ?? 'stopped';
  if (kind === 'delete' || row.state === told || !reportedPath(row.state, told)) {
    return { state: row.state, changes: {} };
  }
  const isUp = told === 'running' || told === 'starting';
  return { state: told, changes: { ...changes, ...(isUp && { desiredState: 'running' as const }) } };
}

/** As if nothing had been ordered, but for what the agent has told since. */
function putBack(row: ServerRow, before: ServerRow) {
  const { installedAt, desiredState, reason, reasonText, nextRestartAt } = before;
  const kept = { installedAt, desiredState };
  if (row.state !== 'installing') return { state: row.state, changes: kept };
  const changes = { ...kept, stateChangedAt: new Date() };
  if (row.reportedState !== null && row.reportedState !== before.reportedState) {
    return { state: row.reportedState, changes };
  }
  return { state: before.state, changes: { ...changes, reason, reasonText, nextRestartAt } };
}

/** A stop whose server has already stopped did what it should, though its last word has not come yet. */
function endOfReplaced(
  { kind }: OperationRow,
  { state, installedAt }: ServerRow,
  by: OperationRow['kind'],
): string | null {
  const isInDoubt = kind === 'install' && installedAt === null;
  return outcomeByState(kind, state) === 'succeeded' && !isInDoubt ? null : `Replaced by ${by}`;
}

function isSilence(error: unknown): boolean {
  return error instanceof AppError && ['timeout', 'unavailable', 'node_offline'].includes(error.code);
}

/** An agent from before it could be asked to wipe says that the field is none. */
const isUnknownWish = (error: unknown, { wipesFirst }: OperationRow): boolean =>
  wipesFirst && error instanceof AppError && error.code === 'invalid_input';

const cannotWipe = () =>
  new AppError(
    'conflict',
    "The agent of this server's node cannot wipe the files before an installation. Update the agent, or keep the files",
  );

const beingDeleted = () => new AppError('invalid_state', 'The server is being deleted');
const underWay = (operation: OperationRow | null) =>
  isOpen(operation) ? ` (${operation.kind} is under way)` : '';

function allowed(state: ServerState): string {
  const actions = allowedActions(state);
  return actions.length > 0 ? `possible now: ${actions.join(', ')}` : 'wait until this is over';
}
