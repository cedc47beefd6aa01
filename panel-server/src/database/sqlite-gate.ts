import { AsyncLocalStorage } from 'node:async_hooks';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';

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
  const gate = new Gate();
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

function guard(runner: QueryRunner, gate: Gate): QueryRunner {
  const { query, startTransaction, commitTransaction, rollbackTransaction } = runner;
  let isHolder = false;
  const leave = () => {
    if (!isHolder) return;
    isHolder = false;
    gate.leave();
  };
  runner.query = async (...parameters: Parameters<QueryRunner['query']>) => {
    if (isHolder) return query.apply(runner, parameters);
    await gate.enter();
    try {
      return await query.apply(runner, parameters);
    } finally {
      gate.leave();
    }
  };
  runner.startTransaction = async (isolation) => {
    if (!isHolder) {
      await gate.enter();
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

/** One at a time, in order of arrival. */
class Gate {
  #isTaken = false;
  readonly #waiting: (() => void)[] = [];

  enter(): Promise<void> | undefined {
    if (!this.#isTaken) {
      this.#isTaken = true;
      return undefined;
    }
    if (isInTransaction()) {
      throw new Error('A query inside a transaction went past its manager');
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#isTaken = false;
  }
}
