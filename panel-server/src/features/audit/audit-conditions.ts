import type { AuditFilter } from '@catalyst/shared/features/audit';
import type { DataSource } from 'typeorm';
import { type Condition, selectNamed } from './select-named.ts';

/** One way to go through the log: what is read off an index, and what else must be true of what that finds. */
export interface Branch {
  by: Condition;
  rest: Condition[];
}

interface Filter extends Condition {
  /** What it means as places of an index; null when it is faster to look at each row. */
  places: () => Promise<Condition[] | null>;
}

const maxPlaces = 40;
/** Distinct names that are looked through. */
const maxNames = 3000;

/** The ways that together find all that matches. None: nothing can match. */
export async function branchesOf(database: DataSource, filter: AuditFilter): Promise<Branch[]> {
  const filters = filtersOf(database, filter);
  for (const chosen of filters) {
    const places = await chosen.places();
    if (places) return places.map((by) => ({ by, rest: filters.filter((other) => other !== chosen) }));
  }
  return [{ by: { sql: '1 = 1', values: {} }, rest: filters }];
}

/** Those first that leave the fewest rows. */
function filtersOf(database: DataSource, filter: AuditFilter): Filter[] {
  const { targetId, keyId, ip, serverId, userId, q, action, outcome, targetKind, actorKind } = filter;
  const filters: Filter[] = [];
  if (targetId !== undefined) filters.push(indexed(equals('targetId', targetId)));
  if (keyId !== undefined) filters.push(indexed(equals('keyId', keyId)));
  if (ip !== undefined) filters.push(indexed(equals('ip', ip)));
  if (serverId !== undefined) filters.push(indexed(equals('serverId', serverId)));
  if (userId !== undefined) filters.push(indexed(equals('actorId', userId)));
  if (q !== undefined) filters.push(nameFilter(database, q));
  if (action?.endsWith('.')) filters.push(actionsFilter(database, action));
  else if (action !== undefined) filters.push(indexed(equals('action', action)));
  if (outcome === 'failure') filters.push(indexed({ sql: `outcome = 'failure'`, values: {} }));
  if (outcome === 'success') filters.push(unindexed({ sql: `outcome = 'success'`, values: {} }));
  // Most is done by users to servers: there are no indexes of that.
  if (targetKind === 'server') filters.push(unindexed(equals('targetKind', targetKind)));
  else if (targetKind !== undefined) {
    filters.push(indexed(both(equals('targetKind', targetKind), `"targetKind" <> 'server'`)));
  }
  if (actorKind === 'user') filters.push(unindexed(equals('actorKind', actorKind)));
  else if (actorKind !== undefined) {
    filters.push(indexed(both(equals('actorKind', actorKind), `"actorKind" <> 'user'`)));
  }
  return filters;
}

/** Part of a name. There are far fewer names than entries: those that match are looked up by name. */
function nameFilter(database: DataSource, q: string): Filter {
  const { sql: like, values } = contains(database, 'name', q);
  const columns = ['actorName', 'targetName'];
  const each = columns.map((column) => contains(database, `"${column}"`, q).sql).join(' OR ');
  return {
    sql: each,
    values,
    places: async () => {
      const places: Condition[] = [];
      for (const column of columns) {
        const names = await distinctValues(database, column, { sql: like, values });
        if (!names) return null;
        places.push(...names.map((name, index) => equals(column, name, `${column}${index}`)));
      }
      return places.length <= maxPlaces ? places : null;
    },
  };
}

/** All actions that begin so. */
function actionsFilter(database: DataSource, prefix: string): Filter {
  const condition = { sql: `action LIKE :prefix`, values: { prefix: `${prefix}%` } };
  return {
    ...condition,
    places: async () => {
      const begins = { ...condition, sql: 'name LIKE :prefix' };
      const actions = await distinctValues(database, 'action', begins);
      if (!actions || actions.length > maxPlaces) return null;
      return actions.map((action, index) => equals('action', action, `action${index}`));
    },
  };
}

/** The values of an indexed column, one look into the index for each; undefined when there are too many. */
async function distinctValues(
  database: DataSource,
  column: string,
  { sql, values }: Condition,
): Promise<string[] | undefined> {
  const rows = await selectNamed<{ name: string; place: number }>(
    database,
    `WITH RECURSIVE names(name, place) AS (
       SELECT (SELECT min("${column}") FROM audit_entries WHERE "${column}" IS NOT NULL), 1
       UNION ALL
       SELECT (SELECT min("${column}") FROM audit_entries WHERE "${column}" > names.name), place + 1
         FROM names WHERE name IS NOT NULL AND place < ${maxNames}
     )
     SELECT name, place FROM names
      WHERE name IS NOT NULL AND (${sql} OR place = ${maxNames}) LIMIT ${maxPlaces + 1}`,
    values,
  );
  const isSome = rows.length > maxPlaces || rows.some(({ place }) => Number(place) === maxNames);
  return isSome ? undefined : rows.map(({ name }) => name);
}

const equals = (column: string, value: string, name = column): Condition => ({
  sql: `"${column}" = :${name}`,
  values: { [name]: value },
});
const both = ({ sql, values }: Condition, also: string): Condition => ({ sql: `${sql} AND ${also}`, values });
const indexed = (condition: Condition): Filter => ({ ...condition, places: async () => [condition] });
const unindexed = (condition: Condition): Filter => ({ ...condition, places: async () => null });

/** SQLite folds the case of a to z alone: the usual spellings of a word stand in for the rest. */
function contains(database: DataSource, column: string, q: string): Condition {
  const escaped = q.replace(/[\\%_]/g, '\\$&');
  const lower = escaped.toLowerCase();
  const spellings = new Set([
    escaped,
    lower,
    escaped.toUpperCase(),
    lower.replace(/^./u, (c) => c.toUpperCase()),
  ]);
  const like = database.options.type === 'postgres' ? 'ILIKE' : 'LIKE';
  const values = Object.fromEntries([...spellings].map((text, index) => [`q${index}`, `%${text}%`]));
  const sql = Object.keys(values).map((name) => `${column} ${like} :${name} ESCAPE '\\'`);
  return { sql: sql.join(' OR '), values };
}
