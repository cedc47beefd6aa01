import type { EntitySchemaColumnOptions } from 'typeorm';

/** Columns that are the same on SQLite and Postgres: a Date is milliseconds since 1970, JSON and ids are text. */

export const idColumn = (): EntitySchemaColumnOptions => ({ type: 'text', primary: true });

export const timeColumn = (): EntitySchemaColumnOptions => ({
  type: 'bigint',
  transformer: {
    to: (date: unknown) => (date instanceof Date ? date.getTime() : date),
    // Postgres answers a bigint as text.
    from: (stored: unknown) => new Date(Number(stored)),
  },
});

export const optionalTimeColumn = (): EntitySchemaColumnOptions => ({
  type: 'bigint',
  nullable: true,
  transformer: {
    to: (date: unknown) => (date instanceof Date ? date.getTime() : date),
    from: (stored: unknown) => (stored === null || stored === undefined ? null : new Date(Number(stored))),
  },
});

/** A whole number that may pass 2^31. */
export const longColumn = (options: EntitySchemaColumnOptions | object = {}): EntitySchemaColumnOptions => ({
  ...options,
  type: 'bigint',
  transformer: {
    to: (value: unknown) => value,
    from: (stored: unknown) => (stored === null || stored === undefined ? null : Number(stored)),
  },
});

export const optionalJsonColumn = (): EntitySchemaColumnOptions => ({
  type: 'text',
  nullable: true,
  transformer: {
    to: (value: unknown) => (value === undefined || value === null ? value : JSON.stringify(value)),
    from: (stored: unknown) => (typeof stored === 'string' ? JSON.parse(stored) : null),
  },
});

export const jsonColumn = (): EntitySchemaColumnOptions => ({
  type: 'text',
  transformer: {
    to: (value: unknown) => (value === undefined ? value : JSON.stringify(value)),
    from: (stored: unknown) => (typeof stored === 'string' ? JSON.parse(stored) : stored),
  },
});
