import type { DataSource } from 'typeorm';

/** A part of a WHERE clause. */
export interface Condition {
  sql: string;
  /** By the names that stand in the SQL after a colon. */
  values: Record<string, unknown>;
}

/** Runs SQL whose values are named (`:seq`), on whichever database. */
export async function selectNamed<Row>(
  database: DataSource,
  sql: string,
  values: Record<string, unknown>,
): Promise<Row[]> {
  const [text, parameters] = database.driver.escapeQueryWithParameters(sql, values);
  return database.query(text, parameters);
}
