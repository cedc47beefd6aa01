import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { AppError } from '@catalyst/shared/contract/errors';
import { randomToken } from '@catalyst/shared/node/random-token';

const lifetimeMs = 60_000;

interface TicketPurpose {
  /** The node whose agent may use it. */
  nodeId: string;
  kind: 'console-export' | 'image-import' | 'file-download' | 'file-upload' | 'archive-download' | 'sftp';
}

interface OpenTicket {
  nodeId: string;
  direction: 'from-agent' | 'to-agent';
  /** Called once, when the agent has come. */
  redeem(body: IncomingMessage | null): Readable | null;
  fail(error: AppError): void;
  timer: NodeJS.Timeout;
}

interface Ticket {
  id: string;
  /**
   * The stream, once the agent delivers it. Rejects when the agent refuses (`asked` rejects before anything came), when
   * nothing comes within a minute, or on abort, with its reason if that is an AppError.
   */
  arrived(asked: Promise<unknown>, signal: AbortSignal): Promise<IncomingMessage>;
  cancel(): void;
}

interface Offer {
  id: string;
  /**
   * Settles when the agent has all of the stream. Rejects when the source breaks off, when the agent hangs up before the
   * end, or when it does not come within a minute; the source is left as it is.
   */
  taken: Promise<void>;
  cancel(): void;
}

/**
 * One-use tickets by which agents deliver and fetch streams over plain HTTP. Only their holder knows one: 256 random bits.
 */
export class Tickets {
  readonly #open = new Map<string, OpenTicket>();

  /** Under it the agent may deliver one stream. */
  issue(purpose: TicketPurpose): Ticket {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    // Nobody may be waiting when it expires.
    promise.catch(() => {});
    const { id, cancel } = this.#add(purpose, {
      direction: 'from-agent',
      redeem: (body) => {
        resolve(body as IncomingMessage);
        return null;
      },
      fail: reject,
    });
    return {
      id,
      cancel,
      arrived: (asked, signal) => {
        // An agent that answers late is no failure once its data comes.
        asked.catch((error: unknown) => reject(error));
        signal.addEventListener('abort', () => {
          cancel();
          const { reason } = signal;
          const isKnown = reason instanceof AppError;
          reject(isKnown ? reason : new AppError('unavailable', 'The request was given up'));
        });
        return promise;
      },
    };
  }

  /** Under it the agent may fetch one stream, at its own pace. */
  offer(purpose: TicketPurpose, source: Readable): Offer {
    const { promise: taken, resolve, reject } = Promise.withResolvers<void>();
    taken.catch(() => {});
    const { id, cancel } = this.#add(purpose, {
      direction: 'to-agent',
      redeem: () => throughTo(source, resolve, reject),
      fail: reject,
    });
    // A ticket for what nobody sends any more is worth nothing.
    source.once('close', () => {
      if (source.readableEnded) return;
      cancel();
      reject(brokenOff());
    });
    return { id, taken, cancel };
  }

  /** Gives the body to whoever waits for it; throws `not_found` for a ticket that is used, expired or none of ours. */
  redeem(id: string, body: IncomingMessage): void {
    this.#use(id, 'from-agent').redeem(body);
  }

  /** The stream that was offered; throws `not_found` as `redeem` does. */
  collect(id: string): Readable {
    return this.#use(id, 'to-agent').redeem(null) as Readable;
  }

  /** The node is no longer one of ours. */
  endOf(nodeId: string): void {
    for (const [id, ticket] of this.#open) {
      if (ticket.nodeId !== nodeId) continue;
      this.#take(id);
      ticket.fail(new AppError('unavailable', 'The node was removed'));
    }
  }

  #add({ nodeId }: TicketPurpose, ticket: Omit<OpenTicket, 'nodeId' | 'timer'>) {
    const id = randomToken();
    const cancel = () => void this.#take(id);
    const timer = setTimeout(() => {
      cancel();
      ticket.fail(new AppError('timeout', 'The node did not come for the data, or with it, in time'));
    }, lifetimeMs).unref();
    this.#open.set(id, { ...ticket, nodeId, timer });
    return { id, cancel };
  }

  #use(id: string, direction: OpenTicket['direction']): OpenTicket {
    const ticket = this.#open.get(id)?.direction === direction ? this.#take(id) : undefined;
    if (!ticket) throw new AppError('not_found', 'The ticket is used, expired or unknown');
    return ticket;
  }

  #take(id: string): OpenTicket | undefined {
    const ticket = this.#open.get(id);
    if (!ticket) return undefined;
    clearTimeout(ticket.timer);
    this.#open.delete(id);
    return ticket;
  }
}

const brokenOff = (cause?: Error) =>
  new AppError('unavailable', 'The upload broke off before its end', { cause });

/** The source must outlive an agent that hangs up: whoever sends it is still to be told why. */
function throughTo(source: Readable, whenTaken: () => void, fail: (error: AppError) => void): Readable {
  const through = new PassThrough();
  const broken = (cause?: Error) => {
    const error = brokenOff(cause);
    through.destroy(error);
    fail(error);
  };
  if (source.destroyed || source.readableAborted) queueMicrotask(() => broken());
  source.once('error', broken);
  source.once('close', () => {
    if (!source.readableEnded) broken();
  });
  through.once('close', () => {
    source.unpipe(through);
    source.off('error', broken);
    if (through.readableEnded) whenTaken();
    else fail(new AppError('unavailable', 'The node ended the transfer before its end'));
  });
  return source.pipe(through);
}
