import { AsyncLocalStorage } from 'node:async_hooks';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { Turns } from '../turns.ts';

interface SharedRunnerDriver {
  queryRunner: QueryRunner | undefined;
  createQueryRunner(mode: 'master' | 'slave'): QueryRunner;
}

interface TransactionScope {
  /** The gate is held: whatever does not go through the manager would wait for its own transaction. */
  isOpen: boolean;
}

const currentScope = new AsyncLocalStorage<TransactionScope>();

/**
 * Runs work in one transaction, alone on SQLite and as the database isolates it on Postgres. Everything inside must go
 * through the manager: on SQLite a query past it would wait for its own transaction, and is refused instead.
 */
export function inTransaction<T>(
  database: DataSource,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  if (isInTransaction()) throw new Error('A transaction inside a transaction went past its manager');
  const scope: TransactionScope = { isOpen: false };
  return currentScope.run(scope, async () => {
    try {
      return await database.transaction((manager) => {
        scope.isOpen = true;
        return work(manager);
      });
    } finally {
      scope.isOpen = false;
    }
  });
}

/** Whether this code runs inside `inTransaction`. */
export const isInTransaction = (): boolean => currentScope.getStore()?.isOpen ?? false;

/**
 * TypeORM shares one query runner among all users of a SQLite connection, so a statement of somebody else would fall
 * into a transaction that is open, and be rolled back with it. Here everyone gets a runner of his own, and a gate lets
 * either one transaction or one statement through at a time.
 */
export function separateTransactions(database: DataSource): void {
  const driver = database.driver as unknown as SharedRunnerDriver;
  const gate = new Turns(1);
  const statements = new Map<string, unknown>();
  const createShared = driver.createQueryRunner.bind(driver);
  driver.createQueryRunner = (mode) => {
    driver.queryRunner = undefined;
    const runner = createShared(mode);
    driver.queryRunner = undefined;
    (runner as unknown as { stmtCache: Map<string, unknown> }).stmtCache = statements;
    return guard(runner, gate);
  };
}

function guard(runner: QueryRunner, gate: Turns): QueryRunner {
  const { query, startTransaction, commitTransaction, rollbackTransaction } = runner;
  let isHolder = false;
  const leave = () => {
    if (!isHolder) return;
    isHolder = false;
    gate.giveBack();
  };
  runner.query = async (...parameters: Parameters<QueryRunner['query']>) => {
    if (isHolder) return query.apply(runner, parameters);
    await enter(gate);
    try {
      return await query.apply(runner, parameters);
    } finally {
      gate.giveBack();
    }
  };
  runner.startTransaction = async (isolation) => {
    if (!isHolder) {
      await enter(gate);
      isHolder = true;
    }
    try {
      await startTransaction.call(runner, isolation);
    } catch (error) {
      leave();
      throw error;
    }
  };
  runner.commitTransaction = async () => {
    await commitTransaction.call(runner);
    if (!runner.isTransactionActive) leave();
  };
  runner.rollbackTransaction = async () => {
    try {
      await rollbackTransaction.call(runner);
    } catch (error) {
      leave();
      throw error;
    }
    if (!runner.isTransactionActive) leave();
  };
  return runner;
}

/** Whoever is inside a transaction would wait for its own end. */
function enter(gate: Turns): Promise<void> | undefined {
  if (gate.isFull && isInTransaction()) throw new Error('A query inside a transaction went past its manager');
  return gate.take();
}
