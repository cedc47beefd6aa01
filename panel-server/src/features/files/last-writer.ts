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
const writes = ['file.write', 'file.upload'];

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
    const { rows } = await this.#search.page({ serverId }, mostLookedAt, null);
    const name = rows.find((row) => isWriteOf(row, path))?.actorName;
    if (!name) return error;
    const message = `${name} has changed this file since it was opened`;
    return new AppError(error.code, message, { issues: error.issues ?? [], cause: error });
  }
}

function isWriteOf({ action, outcome, details }: AuditEntryRow, path: Buffer): boolean {
  if (!writes.includes(action)) return false;
  // Of a form the files before one that was refused are in their places.
  if (Array.isArray(details.items)) {
    return [details.items, details.moreItems].flat().some((item) => isNamed(item, path));
  }
  return outcome === 'success' && isNamed(details, path);
}

function isNamed(details: unknown, path: Buffer): boolean {
  const { path: text, pathBase64 } = (details ?? {}) as Record<string, unknown>;
  try {
    if (typeof pathBase64 === 'string') return pathBytes({ pathBase64 }).equals(path);
    return typeof text === 'string' && pathBytes({ path: text }).equals(path);
  } catch {
    // Cut for the log: it is not known any more which file that was.
    return false;
  }
}
