import type { IncomingMessage } from 'node:http';
import { AppError } from '@catalyst/shared/contract/errors';
import { randomToken } from '@catalyst/shared/node/random-token';

const lifetimeMs = 60_000;

interface TicketPurpose {
  /** The node whose agent may use it. */
  nodeId: string;
  kind: 'console-export';
}

interface OpenTicket {
  purpose: TicketPurpose;
  deliver(body: IncomingMessage): void;
  fail(error: AppError): void;
  timer: NodeJS.Timeout;
}

interface Ticket {
  id: string;
  /**
   * The stream, once the agent delivers it. Rejects when the agent refuses (`asked` rejects before anything came), when
   * nothing comes within a minute, or on abort.
   */
  arrived(asked: Promise<unknown>, signal: AbortSignal): Promise<IncomingMessage>;
  cancel(): void;
}

/** One-use tickets by which agents deliver streams over plain HTTP. Only their holder knows one: 256 random bits. */
export class Tickets {
  readonly #open = new Map<string, OpenTicket>();

  issue(purpose: TicketPurpose): Ticket {
    const id = randomToken();
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    // Nobody may be waiting when it expires.
    promise.catch(() => {});
    const cancel = () => this.#take(id);
    const timer = setTimeout(() => {
      cancel();
      reject(new AppError('timeout', 'The node did not send the data in time'));
    }, lifetimeMs).unref();
    this.#open.set(id, { purpose, deliver: resolve, fail: reject, timer });
    return {
      id,
      cancel,
      arrived: (asked, signal) => {
        // An agent that answers late is no failure once its data comes.
        asked.catch((error: unknown) => reject(error));
        signal.addEventListener('abort', () => {
          cancel();
          reject(new AppError('unavailable', 'The request was given up'));
        });
        return promise;
      },
    };
  }

  /** Gives the body to whoever waits for it; throws `not_found` for a ticket that is used, expired or none of ours. */
  redeem(id: string, body: IncomingMessage): void {
    const ticket = this.#take(id);
    if (!ticket) throw new AppError('not_found', 'The ticket is used, expired or unknown');
    ticket.deliver(body);
  }

  /** The node is no longer one of ours. */
  endOf(nodeId: string): void {
    for (const [id, { purpose, fail }] of this.#open) {
      if (purpose.nodeId !== nodeId) continue;
      this.#take(id);
      fail(new AppError('unavailable', 'The node was removed'));
    }
  }

  #take(id: string): OpenTicket | undefined {
    const ticket = this.#open.get(id);
    if (!ticket) return undefined;
    clearTimeout(ticket.timer);
    this.#open.delete(id);
    return ticket;
  }
}
