import { QueryFailedError } from 'typeorm';

/** The codes of SQLite (`SQLITE_…`), Postgres (five characters) and Node's network errors under a failed query. */
export function databaseErrorCode(error: unknown): string | undefined {
  const source = error instanceof QueryFailedError ? error.driverError : error;
  const code = (source as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** A row with this unique value is already there. */
export function isUniqueViolation(error: unknown): boolean {
  const code = databaseErrorCode(error);
  return code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY' || code === '23505';
}

/** Other rows still refer to this one. */
export function isStillReferred(error: unknown): boolean {
  return ['SQLITE_CONSTRAINT_FOREIGNKEY', '23503'].includes(databaseErrorCode(error) ?? '');
}

export function isDiskFull(error: unknown): boolean {
  const code = databaseErrorCode(error) ?? '';
  return ['SQLITE_FULL', '53100', 'ENOSPC', 'EDQUOT'].includes(code);
}

/** The database will never take these values, however often they are offered: not text, too large, against a rule. */
export function isDataRefused(error: unknown): boolean {
  const code = databaseErrorCode(error) ?? '';
  return (
    /^(22|23|54)\w{3}$|^SQLITE_(TOOBIG|MISMATCH|RANGE|CONSTRAINT)/.test(code) && !isUniqueViolation(error)
  );
}

/** The database is away or overloaded; the same request may work in a moment. */
export function isDatabaseAway(error: unknown): boolean {
  const code = databaseErrorCode(error) ?? '';
  return (
    /^(08|57P|53[034])/.test(code) ||
    code.startsWith('SQLITE_BUSY') ||
    code.startsWith('SQLITE_IOERR') ||
    ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND'].includes(code) ||
    (error instanceof Error &&
      /Connection terminated|timeout exceeded when trying to connect/.test(error.message))
  );
}
