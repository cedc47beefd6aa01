import { setTimeout as sleep } from 'node:timers/promises';
import type { ErrorCode } from '@catalyst/shared/contract/errors';
import type { Logger } from '../../logger.ts';
import type { TokenBucket } from '../../token-bucket.ts';
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
  readonly #pace: TokenBucket;
  readonly #signal: AbortSignal;
  /** Refusals among what is gathered, by what was refused. */
  readonly #refusals = new Map<string, { count: number }>();
  #timer: NodeJS.Timeout | undefined;

  /** The pace is that of the connection, all its sessions together. */
  constructor(
    parts: SessionRecordParts,
    { login, ip, pace }: { login: SftpLogin; ip: string; pace: TokenBucket },
    signal: AbortSignal,
  ) {
    this.#parts = parts;
    this.#login = login;
    this.#ip = ip;
    this.#pace = pace;
    this.#signal = signal;
  }

  /** Waits for the turn of one more entry. Throws what must be answered while nothing can be written down. */
  async ready(): Promise<void> {
    while (!this.#pace.take()) {
      await sleep(Math.ceil(this.#pace.secondsUntilNext() * 1000), undefined, { signal: this.#signal });
    }
    await this.#parts.audit.ensureWritable();
  }

  /** What is refused many times in a row is one entry. */
  addRefusal({ name, details }: Action): void {
    const key = JSON.stringify([name, details]);
    const known = this.#refusals.get(key);
    if (known) {
      known.count += 1;
      return;
    }
    const counted = { ...details, by: 'sftp', count: 1 };
    this.#refusals.set(key, counted);
    this.#gather(name, counted, 'forbidden');
  }

  add({ name, details }: Action, errorCode: ErrorCode | undefined): void {
    this.#gather(name, { ...details, by: 'sftp' }, errorCode);
  }

  #gather(name: string, details: Record<string, unknown>, errorCode: ErrorCode | undefined): void {
    const { caller, serverId } = this.#login;
    const target = { kind: 'server', id: serverId, name: this.#parts.serverNameOf(serverId) };
    this.#gathered.push({
      ...{ action: name, outcome: errorCode ? 'failure' : 'success', errorCode, serverId, target },
      ...{ ip: this.#ip, actor: actorOf(caller), details },
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
    this.#refusals.clear();
    for (const record of records) {
      audit.record(record).catch((err: unknown) => {
        log.error({ err, action: record.action }, 'An action by SFTP was not audited');
      });
    }
  }
}
