import type { TableColumnOptions } from 'typeorm';

/** Columns for migrations, the counterparts of `columns.ts`: they mean the same on SQLite and Postgres. */

export const id = (): TableColumnOptions => ({ name: 'id', type: 'text', isPrimary: true });
export const text = (name: string): TableColumnOptions => ({ name, type: 'text' });
export const integer = (name: string): TableColumnOptions => ({ name, type: 'integer' });
export const long = (name: string): TableColumnOptions => ({ name, type: 'bigint' });
export const decimal = (name: string): TableColumnOptions => ({ name, type: 'double precision' });
export const boolean = (name: string): TableColumnOptions => ({ name, type: 'boolean' });
/** Milliseconds since 1970. */
export const time = long;
export const json = text;
export const nullable = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isNullable: true });

/** A foreign key; a row others still point to cannot be deleted unless `onDelete` says what happens. */
export const reference = (
  column: string,
  table: string,
  onDelete: 'CASCADE' | 'RESTRICT' | 'SET NULL' = 'RESTRICT',
) => ({
  columnNames: [column],
  referencedTableName: table,
  referencedColumnNames: ['id'],
  onDelete,
});
