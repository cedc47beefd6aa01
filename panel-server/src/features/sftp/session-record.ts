import type { ErrorCode } from '@catalyst/shared/contract/errors';
import type { Logger } from '../../logger.ts';
import { type AuditRecord, type AuditService, actorOf } from '../audit/audit.service.ts';
import type { SftpLogin } from './sftp-sign-in.ts';

/** Clients wait for each answer before they ask on, so each entry by itself would be a transaction. */
const gatheredMs = 200;
const mostGathered = 200;

export interface Action {
  name: string;
  details: Record<string, unknown>;
}

interface SessionRecordParts {
  audit: AuditService;
  log: Logger;
  /** What the server is called now. */
  serverNameOf(serverId: string): string | undefined;
}

/** Writes down what is done in one session, many entries at a time. */
export class SessionRecord {
  readonly #parts: SessionRecordParts;
  readonly #login: SftpLogin;
  readonly #ip: string;
  #gathered: AuditRecord[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: SessionRecordParts, login: SftpLogin, ip: string) {
    this.#parts = parts;
    this.#login = login;
    this.#ip = ip;
  }

  /** Throws what must be answered while nothing can be written down. */
  ensureWritable(): Promise<void> {
    return this.#parts.audit.ensureWritable();
  }

  add({ name, details }: Action, errorCode: ErrorCode | undefined): void {
    const { caller, serverId } = this.#login;
    const target = { kind: 'server', id: serverId, name: this.#parts.serverNameOf(serverId) };
    this.#gathered.push({
      ...{ action: name, outcome: errorCode ? 'failure' : 'success', errorCode, serverId, target },
      ...{ ip: this.#ip, actor: actorOf(caller), details: { ...details, by: 'sftp' } },
    });
    if (this.#gathered.length >= mostGathered) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), gatheredMs);
  }

  /** At the latest when the session ends. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { audit, log } = this.#parts;
    const records = this.#gathered;
    this.#gathered = [];
    for (const record of records) {
      audit.record(record).catch((err: unknown) => {
        log.error({ err, action: record.action }, 'An action by SFTP was not audited');
      });
    }
  }
}
