import { AppError } from '@catalyst/shared/contract/errors';
import type { DataSource } from 'typeorm';
import type { AccessRules, Caller } from '../../access.ts';
import type { AuditEntryRow } from '../audit/audit-entry.entity.ts';
import { AuditSearch } from '../audit/audit-search.ts';
import { pathBytes } from './file-path.ts';

interface LastWriterParts {
  database: DataSource;
  access: AccessRules;
}

const mostLookedAt = 200;

/** Says of a file that changed meanwhile who has changed it, if that was through the panel and the reader may know. */
export class LastWriter {
  readonly #parts: LastWriterParts;
  readonly #search: AuditSearch;

  constructor(parts: LastWriterParts) {
    this.#parts = parts;
    this.#search = new AuditSearch(parts.database);
  }

  /** The error to throw instead of `error`. */
  async explain(error: unknown, caller: Caller, serverId: string, path: Buffer): Promise<unknown> {
    if (!(error instanceof AppError) || error.code !== 'precondition_failed') return error;
    if (!this.#parts.access.mayOnServer(caller, 'activity.read', serverId)) return error;
    const filter = { serverId, outcome: 'success' } as const;
    const { rows } = await this.#search.page(filter, mostLookedAt, null);
    const name = rows.find((row) => isWriteOf(row, path))?.actorName;
    if (!name) return error;
    const message = `${name} has changed this file since it was opened`;
    return new AppError(error.code, message, { issues: error.issues ?? [], cause: error });
  }
}

function isWriteOf({ action, details }: AuditEntryRow, path: Buffer): boolean {
  if (action !== 'file.write' && action !== 'file.upload') return false;
  const { path: text, pathBase64 } = details;
  if (typeof text !== 'string' && typeof pathBase64 !== 'string') return false;
  try {
    return pathBytes(typeof text === 'string' ? { path: text } : { pathBase64: pathBase64 as string }).equals(
      path,
    );
  } catch {
    // Cut for the log: it is not known any more which file that was.
    return false;
  }
}
