import { type DataSource, type EntityManager, IsNull, LessThan, LessThanOrEqual, MoreThan } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { SecretBox } from '../../identity/secret-box.ts';
import type { Logger } from '../../logger.ts';
import type { MailKind, MailValues } from './mail-templates.ts';
import { OutgoingMailEntity, type OutgoingMailRow } from './outgoing-mail.entity.ts';
import { MailProblem } from './smtp.ts';

/** Longer than any attempt: a mail whose panel was killed over it is taken up again after that. */
const leaseMs = 5 * 60_000;
const firstRetryMs = 30_000;
const longestRetryMs = 6 * 3_600_000;
const maxAttempts = 12;
/** Another panel may have left mail behind. */
const lookEveryMs = 30_000;
const keepMs = 7 * 24 * 3_600_000;
const lookAtOnce = 20;
/** Held by no panel. */
const nobody = new Date(0);

export interface MailOrder<Kind extends MailKind = MailKind> {
  kind: Kind;
  recipient: string;
  values: MailValues[Kind] | Record<string, unknown>;
  /** When nobody has a use for it any more. */
  expiresAt?: Date;
}

export interface DueMail {
  id: string;
  kind: MailKind;
  recipient: string;
  values: Record<string, unknown>;
}

/** Gives false when there is nothing to send after all. Throws what is to be tried again; a MailProblem may be final. */
export type Deliver = (mail: DueMail) => Promise<boolean>;

/**
 * Mail waits in the database until the server has taken it: over restarts, with growing pauses. Of several panels one
 * takes each mail; what was taken by the server is never sent again.
 */
export class Outbox {
  readonly #database: DataSource;
  readonly #box: SecretBox;
  readonly #log: Logger;
  readonly #deliver: Deliver;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  #isAskedAgain = false;
  #isClosed = true;

  constructor(database: DataSource, box: SecretBox, log: Logger, deliver: Deliver) {
    this.#database = database;
    this.#box = box;
    this.#log = log;
    this.#deliver = deliver;
  }

  open(): void {
    this.#isClosed = false;
    this.wake();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#working;
  }

  /** It is sent after the answer; inside a transaction, call `wake` when that is through. */
  async put(order: MailOrder, manager: EntityManager = this.#database.manager): Promise<void> {
    const id = uuid();
    const now = new Date();
    await manager.insert(OutgoingMailEntity, {
      id,
      kind: order.kind,
      recipient: order.recipient,
      sealedValues: this.#box.seal(JSON.stringify(order.values), mailValuesPlace(id)),
      attempts: 0,
      problem: null,
      createdAt: now,
      expiresAt: order.expiresAt ?? null,
      nextAttemptAt: now,
      leasedUntil: nobody,
      sentAt: null,
    });
    if (manager === this.#database.manager) this.wake();
  }

  /** How many mails of a kind somebody was sent since then. */
  countSince(recipient: string, kind: MailKind, since: Date, manager: EntityManager): Promise<number> {
    const where = { recipient, kind, createdAt: MoreThan(since) };
    return manager.countBy(OutgoingMailEntity, where);
  }

  /** Looks now for what is due. */
  wake(): void {
    if (this.#isClosed) return;
    if (this.#working) {
      this.#isAskedAgain = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#working = this.#work().finally(() => {
      this.#working = undefined;
      if (this.#isClosed) return;
      this.#timer = setTimeout(() => this.wake(), this.#isAskedAgain ? 0 : lookEveryMs).unref();
      this.#isAskedAgain = false;
    });
  }

  async #work(): Promise<void> {
    try {
      await this.#prune();
      for (let row = await this.#claim(); row && !this.#isClosed; row = await this.#claim()) {
        await this.#attempt(row);
      }
    } catch (err) {
      this.#log.warn({ err }, 'Outgoing mail could not be looked through');
    }
  }

  /** One mail that is due, held for this panel; undefined when there is none. */
  async #claim(): Promise<OutgoingMailRow | undefined> {
    const repository = this.#database.getRepository(OutgoingMailEntity);
    const now = new Date();
    const isFree = { nextAttemptAt: LessThanOrEqual(now), leasedUntil: LessThan(now) };
    const due = await repository.find({ where: isFree, order: { nextAttemptAt: 'ASC' }, take: lookAtOnce });
    for (const row of due) {
      const leasedUntil = new Date(now.getTime() + leaseMs);
      const { affected } = await repository.update({ id: row.id, ...isFree }, { leasedUntil });
      if (affected === 1) return { ...row, leasedUntil };
    }
    return undefined;
  }

  async #attempt(row: OutgoingMailRow): Promise<void> {
    const { id, kind, recipient } = row;
    const attempts = row.attempts + 1;
    try {
      if (row.expiresAt && row.expiresAt.getTime() <= Date.now()) {
        await this.#settle(row, { problem: 'It came too late: its link has run out', nextAttemptAt: null });
        return;
      }
      const values = JSON.parse(this.#box.open(row.sealedValues ?? '', mailValuesPlace(id)));
      const wasSent = await this.#deliver({ id, kind: kind as MailKind, recipient, values });
      if (!wasSent) await this.#database.getRepository(OutgoingMailEntity).delete({ id });
      else await this.#settle(row, { attempts, problem: null, nextAttemptAt: null, sentAt: new Date() });
    } catch (err) {
      const isFinal = attempts >= maxAttempts || (err instanceof MailProblem && err.isFinal);
      const problem =
        err instanceof MailProblem ? err.message : 'The panel could not make this mail; its log says why';
      this.#log.warn({ err, mailId: id, kind, attempts, isFinal }, 'A mail was not sent');
      const pauseMs = Math.min(longestRetryMs, firstRetryMs * 2 ** (attempts - 1));
      const nextAttemptAt = isFinal ? null : new Date(Date.now() + pauseMs);
      await this.#settle(row, { attempts, problem, nextAttemptAt });
    }
  }

  /** The values have secrets in them, so they go when they are not needed any more. */
  async #settle(row: OutgoingMailRow, change: Partial<OutgoingMailRow>): Promise<void> {
    const isOver = change.sentAt !== undefined;
    await this.#database
      .getRepository(OutgoingMailEntity)
      .update(
        { id: row.id, sentAt: IsNull() },
        { ...change, leasedUntil: nobody, ...(isOver && { sealedValues: null }) },
      );
  }

  async #prune(): Promise<void> {
    const old = new Date(Date.now() - keepMs);
    await this.#database
      .getRepository(OutgoingMailEntity)
      .delete({ createdAt: LessThan(old), nextAttemptAt: IsNull() });
  }
}

export const mailValuesPlace = (id: string) => `outgoing_mails/${id}/values`;
