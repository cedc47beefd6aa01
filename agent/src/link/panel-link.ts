import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { AppError } from '@catalyst/shared/contract/errors';
import type { LinkState } from '@catalyst/shared/features/agent-link';
import { randomToken } from '@catalyst/shared/node/random-token';
import type { SigningKey } from '@catalyst/shared/node/signing-key';
import { StartError } from '@catalyst/shared/node/start-error';
import type { Logger } from '../logger.ts';
import { type BackOffTimes, backOffMs, defaultBackOffTimes, refusedDelayMs } from './back-off.ts';
import type { Enrolment } from './enrolment.ts';
import { readLinkState } from './link-state.ts';
import {
  type ConnectOptions,
  connectToPanel,
  LinkRefusal,
  type PanelConnection,
} from './panel-connection.ts';

export interface PanelLinkOptions {
  linkPath: string;
  identity: SigningKey;
  enrolment: Enrolment;
  log: Logger;
  /** What to do while connected; begins to answer at once, returns how to end it. */
  serve: (connection: PanelConnection, link: LinkState) => () => void;
  times?: Partial<BackOffTimes>;
  connect?: Pick<ConnectOptions, 'timeoutMs' | 'silenceMs' | 'protocol'>;
}

/** How often the link file is looked at, without and with a connection. */
const lookAtFileMs = 500;
const lookAgainMs = 2000;

/** The one connection to the panel: made again whenever it ends, whatever the reason. */
export class PanelLink {
  readonly #options: PanelLinkOptions;
  readonly #times: BackOffTimes;
  readonly #processId = randomToken();
  readonly #stop = new AbortController();
  #connection: PanelConnection | null = null;
  #running: Promise<void> = Promise.resolve();
  #lastRemark = '';

  constructor(options: PanelLinkOptions) {
    this.#options = options;
    this.#times = { ...defaultBackOffTimes, ...options.times };
  }

  start(): void {
    this.#running = this.#run();
  }

  get isConnected(): boolean {
    return this.#connection?.socket.connected ?? false;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#connection?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#stop.signal.aborted; ) {
      const link = await this.#readLink();
      if (!link) {
        await this.#waitForAnotherFile(link, 0);
        continue;
      }
      try {
        await this.#stayConnected(link);
        failures = 0;
        await this.#pause(backOffMs(0, this.#times));
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#remark(link, error);
        const isLasting =
          error instanceof LinkRefusal && error.isLasting && !(await this.#canShowSecret(link, error));
        const retryAfterMs = ((error as Partial<AppError>).retryAfterSeconds ?? 0) * 1000;
        const waitMs = isLasting ? refusedDelayMs(this.#times) : backOffMs(failures++, this.#times);
        await this.#waitForAnotherFile(link, Math.max(waitMs, retryAfterMs));
      }
    }
  }

  async #stayConnected(link: LinkState): Promise<void> {
    const { identity, enrolment, log, connect } = this.#options;
    // A used secret is not shown around.
    const secret = (await enrolment.isDone(link)) ? undefined : link.secret;
    const connection = await connectToPanel(
      { ...link, secret },
      { ...connect, identity, processId: this.#processId },
    );
    if (this.#stop.signal.aborted) return connection.close();
    this.#connection = connection;
    this.#lastRemark = '';
    const { host } = new URL(link.panelUrl);
    log.info({ panel: host, panelVersion: connection.panelVersion }, 'Connected to the panel');
    const stopServing = this.#options.serve(connection, link);
    const relinked = new AbortController();
    try {
      await enrolment.finish(link);
      void this.#whenRelinked(link, relinked.signal).then(() => connection.close());
      const reason = await connection.ended;
      if (!this.#stop.signal.aborted) log.warn({ panel: host, reason }, 'The connection to the panel ended');
    } finally {
      relinked.abort();
      stopServing();
      connection.close();
      this.#connection = null;
    }
  }

  /** A panel that has forgotten our key may still know the secret that was given to us. */
  async #canShowSecret(link: LinkState, { code }: LinkRefusal): Promise<boolean> {
    const { enrolment } = this.#options;
    if (code !== 'unauthenticated' || link.secret === undefined || !(await enrolment.isDone(link)))
      return false;
    await enrolment.forget();
    return true;
  }

  /** Somebody has linked this agent to another panel. */
  async #whenRelinked(link: LinkState, signal: AbortSignal): Promise<void> {
    for (;;) {
      await delay(lookAgainMs, undefined, { signal, ref: false }).catch(() => {});
      if (signal.aborted) return;
      const current = await this.#readLink();
      if (current && !isSamePanel(current, link)) return;
    }
  }

  async #readLink(): Promise<LinkState | null> {
    try {
      return await readLinkState(this.#options.linkPath);
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      this.#say('error', error.message);
      return null;
    }
  }

  /** Waits, at least until there is a link; a new or changed one ends the wait at once. */
  async #waitForAnotherFile(known: LinkState | null, waitMs: number): Promise<void> {
    const endAt = performance.now() + waitMs;
    if (!known)
      this.#say('info', 'This agent is not linked to a panel yet; run "link" with a deployment token');
    for (;;) {
      const leftMs = endAt - performance.now();
      if (known && leftMs <= 0) return;
      await this.#pause(known ? Math.min(lookAtFileMs, leftMs) : lookAtFileMs);
      if (this.#stop.signal.aborted) return;
      const current = await this.#readLink();
      if (current && JSON.stringify(current) !== JSON.stringify(known)) return;
    }
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stop.signal }).catch(() => {});
  }

  #remark(link: LinkState, error: unknown): void {
    const { host } = new URL(link.panelUrl);
    if (!(error instanceof AppError)) {
      this.#options.log.error({ err: error, panel: host }, 'The link to the panel failed');
      return;
    }
    this.#say(error instanceof LinkRefusal && error.isLasting ? 'error' : 'warn', error.message, {
      panel: host,
    });
  }

  /** The same sentence is not said twice in a row. */
  #say(level: 'info' | 'warn' | 'error', sentence: string, fields: Record<string, unknown> = {}): void {
    if (this.#lastRemark === sentence) return;
    this.#lastRemark = sentence;
    this.#options.log[level](fields, sentence);
  }
}

function isSamePanel(one: LinkState, other: LinkState): boolean {
  const { secret: _one, ...first } = one;
  const { secret: _other, ...second } = other;
  return isDeepStrictEqual(first, second);
}
