import type { Logger as OrmLogger } from 'typeorm';
import type { Logger } from '../logger.ts';

/** TypeORM prints to the console by itself; of what it says only the course of migrations belongs in our log. */
export const ormLogger = (log: Logger): OrmLogger => ({
  logMigration: (message) => log.info({ migration: message }, 'Bringing the database up to this version'),
  logQuery: () => {},
  logQueryError: () => {},
  logQuerySlow: () => {},
  logSchemaBuild: () => {},
  log: () => {},
});
