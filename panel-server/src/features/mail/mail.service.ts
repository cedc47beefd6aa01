import { AppError } from '@catalyst/shared/contract/errors';
import type { Page, PageQuery } from '@catalyst/shared/contract/values';
import type { MailState, NewMailSettings, OutgoingMail } from '@catalyst/shared/features/mail';
import { type DataSource, type EntityManager, IsNull, LessThan, Not } from 'typeorm';
import type { z } from 'zod';
import { inTransaction } from '../../database/sqlite-gate.ts';
import type { SecretBox } from '../../identity/secret-box.ts';
import type { Logger } from '../../logger.ts';
import type { SettingsService } from '../settings/settings.service.ts';
import { MailSettings } from './mail-settings.ts';
import { type MailKind, type MailValues, renderMail } from './mail-templates.ts';
import { type DueMail, type MailOrder, Outbox } from './outbox.ts';
import { OutgoingMailEntity, type OutgoingMailRow } from './outgoing-mail.entity.ts';
import { MailProblem, sendBySmtp } from './smtp.ts';

/** Mails of one kind to one address within an hour: more would only be a nuisance made by somebody else. */
const maxPerHour = 3;
const mailLock = 4_374_431;

/** What a mail says, found out when it is sent; undefined when there is nothing to send after all. */
type Prepare = (
  values: Record<string, unknown>,
  recipient: string,
) => Promise<{ [Kind in MailKind]: { kind: Kind; values: MailValues[Kind] } }[MailKind] | undefined>;

/** The panel's mail. Where none is set up, whoever makes a link shows it instead. */
export class Mail {
  readonly settings: MailSettings;
  readonly outbox: Outbox;
  readonly #database: DataSource;
  readonly #prepared = new Map<MailKind, Prepare>();

  constructor(core: { database: DataSource; settings: SettingsService; secretBox: SecretBox; log: Logger }) {
    this.#database = core.database;
    this.settings = new MailSettings(core.settings, core.secretBox);
    this.outbox = new Outbox(core.database, core.secretBox, core.log, (mail) => this.#deliver(mail));
  }

  isSetUp(): Promise<boolean> {
    return this.settings.isSetUp();
  }

  /** Leaves the mail to the outbox; gives false, and does nothing, when no mail is set up. */
  async send<Kind extends MailKind>(
    kind: Kind,
    recipient: string,
    values: MailValues[Kind],
    options: { expiresAt?: Date; manager?: EntityManager } = {},
  ): Promise<boolean> {
    if (!(await this.isSetUp())) return false;
    await this.outbox.put({ kind, recipient, values, expiresAt: options.expiresAt }, options.manager);
    return true;
  }

  /**
   * For mails that a stranger can have sent to any address: the order alone is written down, which takes as long
   * whatever the address is; `prepare` decides when it is sent.
   */
  async sendPrepared(order: MailOrder): Promise<void> {
    const anHourAgo = new Date(Date.now() - 3_600_000);
    await inTransaction(this.#database, async (manager) => {
      // Of many who ask at once each counts those before it. A transaction on SQLite is alone anyway.
      if (this.#database.options.type === 'postgres') {
        await manager.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [mailLock, order.recipient]);
      }
      if ((await this.outbox.countSince(order.recipient, order.kind, anHourAgo, manager)) >= maxPerHour)
        return;
      await this.outbox.put(order, manager);
    });
    this.outbox.wake();
  }

  prepare(kind: MailKind, prepare: Prepare): void {
    this.#prepared.set(kind, prepare);
  }

  async state(): Promise<z.output<typeof MailState>> {
    const mails = this.#database.getRepository(OutgoingMailEntity);
    return {
      settings: await this.settings.describe(),
      waiting: await mails.countBy({ nextAttemptAt: Not(IsNull()) }),
      failed: await mails.countBy({ nextAttemptAt: IsNull(), sentAt: IsNull() }),
    };
  }

  async set(settings: z.output<typeof NewMailSettings>): Promise<z.output<typeof MailState>> {
    await this.settings.set(settings);
    this.outbox.wake();
    return this.state();
  }

  /** Sends now, and says how it went. */
  async test(to: string): Promise<{ wasSent: boolean; problem: string | null }> {
    const server = await this.settings.server();
    if (!server) throw new AppError('invalid_state', 'Say first how mail is sent');
    try {
      await sendBySmtp(server, { to }, renderMail('test', {}));
      return { wasSent: true, problem: null };
    } catch (error) {
      if (!(error instanceof MailProblem)) throw error;
      return { wasSent: false, problem: error.message };
    }
  }

  async list({ limit, cursor }: PageQuery): Promise<Page<OutgoingMail>> {
    const rows = await this.#database.getRepository(OutgoingMailEntity).find({
      where: cursor ? { id: LessThan(cursor) } : {},
      order: { id: 'DESC' },
      take: limit + 1,
    });
    const items = rows.slice(0, limit).map(describeMail);
    return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  async retry(id: string): Promise<OutgoingMail> {
    const mails = this.#database.getRepository(OutgoingMailEntity);
    const row = await mails.findOneBy({ id });
    if (!row) throw new AppError('not_found', 'There is no such mail');
    if (row.sentAt) throw new AppError('invalid_state', 'This mail was sent already');
    await mails.update({ id, sentAt: IsNull() }, { nextAttemptAt: new Date() });
    this.outbox.wake();
    return describeMail({ ...row, nextAttemptAt: new Date() });
  }

  async #deliver({ id, kind, recipient, values }: DueMail): Promise<boolean> {
    const server = await this.settings.server();
    if (!server) throw new MailProblem('No mail is set up any more', false, undefined);
    const prepare = this.#prepared.get(kind);
    const letter = prepare ? await prepare(values, recipient) : { kind, values };
    if (!letter) return false;
    await sendBySmtp(server, { to: recipient, id }, renderMail(letter.kind, letter.values as never));
    return true;
  }
}

function describeMail(row: OutgoingMailRow): OutgoingMail {
  const { id, kind, recipient, attempts, problem, nextAttemptAt, createdAt, sentAt } = row;
  const state = sentAt ? 'sent' : nextAttemptAt ? 'waiting' : 'failed';
  return { id, kind, recipient, state, attempts, problem, nextAttemptAt, createdAt, sentAt };
}
