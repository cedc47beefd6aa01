import type { TestProject } from 'vitest/node';
import { startPostgres } from '../../../e2e/services/postgres.ts';

/** One Postgres for the whole test run; each test makes a database of its own in it. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startPostgres();
  project.provide('postgresUrl', postgres?.url ?? null);
  return async () => {
    await postgres?.stop();
  };
}
