import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { finished, Readable } from 'node:stream';
import { AppError } from '@catalyst/shared/contract/errors';
import type { LinkState } from '@catalyst/shared/features/agent-link';
import type { Logger } from '../logger.ts';
import { http } from '../node-http.ts';
import { openTransport } from './panel-transport.ts';

/** A stream costs a connection and a place in a file; more than this nobody needs at once. */
const maxStreams = 16;
/** Of those that last as long as somebody is connected by SFTP; they keep no place from the others. */
const maxConversations = 64;
/** A panel that takes nothing for so long is not coming back. */
const silenceMs = 60_000;

interface SendOptions {
  ended?: () => void;
  /** How much it will be, if that is known. */
  lengthBytes?: number;
}

/** What is being sent to the panel, and fetched from it, while one connection to it lasts. */
export class DataPlane {
  readonly #link: LinkState;
  readonly #log: Logger;
  readonly #ended = new AbortController();
  #streams = 0;
  #conversations = 0;

  constructor(link: LinkState, log: Logger) {
    this.#link = link;
    this.#log = log;
  }

  /** Begins to send a stream under a ticket. Throws `limit_reached` when too many are under way; else tells its end. */
  send(ticket: string, body: AsyncIterable<string | Uint8Array>, options: SendOptions = {}): void {
    const { ended = () => {}, lengthBytes } = options;
    if (this.#streams >= maxStreams) {
      throw new AppError('limit_reached', 'This node is sending too much else; try again in a moment');
    }
    this.#streams += 1;
    sendStream(this.#link, ticket, body, this.#ended.signal, lengthBytes)
      .catch((err) => this.#log.warn({ err }, 'A stream to the panel broke off'))
      .finally(() => {
        this.#streams -= 1;
        ended();
      });
  }

  /** Begins to fetch a stream under a ticket. Rejects with `limit_reached` when too many are under way. */
  async receive(ticket: string, signal: AbortSignal): Promise<Readable> {
    if (this.#streams >= maxStreams) {
      throw new AppError('limit_reached', 'This node is transferring too much else; try again in a moment');
    }
    this.#streams += 1;
    const done = () => {
      this.#streams -= 1;
    };
    try {
      const body = await receiveStream(this.#link, ticket, AbortSignal.any([signal, this.#ended.signal]));
      return body.once('close', done);
    } catch (error) {
      done();
      throw error;
    }
  }

  /**
   * Fetches a stream under one ticket and sends under the other what is said to it, as long as both last. Rejects with
   * `limit_reached` when too many are under way; resolves when it has begun.
   */
  async converse(
    receiveTicket: string,
    sendTicket: string,
    answer: (received: AsyncIterable<Buffer>) => AsyncIterable<Uint8Array>,
  ): Promise<void> {
    if (this.#conversations >= maxConversations) {
      throw new AppError('limit_reached', 'This node has too many SFTP sessions; try again in a moment');
    }
    this.#conversations += 1;
    const ended = new AbortController();
    const signal = AbortSignal.any([ended.signal, this.#ended.signal]);
    try {
      const received = await receiveStream(this.#link, receiveTicket, signal);
      sendStream(this.#link, sendTicket, answer(received), signal)
        .catch((err) => this.#log.debug({ err }, 'A conversation with the panel broke off'))
        .finally(() => {
          ended.abort();
          received.destroy();
          this.#conversations -= 1;
        });
    } catch (error) {
      this.#conversations -= 1;
      throw error;
    }
  }

  close(): void {
    this.#ended.abort();
  }
}

/**
 * Sends a stream as the body of a POST to the panel, at the pace the panel takes it. The panel's TLS key is checked as for
 * the link. Rejects when the panel does not want it, goes away, or the signal is aborted.
 */
export async function sendStream(
  link: Pick<LinkState, 'panelUrl' | 'tlsPin'>,
  ticket: string,
  body: AsyncIterable<string | Uint8Array>,
  signal: AbortSignal,
  lengthBytes?: number,
): Promise<void> {
  const transport = openTransport(link);
  const url = new URL(`/api/data/${encodeURIComponent(ticket)}`, link.panelUrl);
  const open = url.protocol === 'https:' ? httpsRequest : http.request;
  const upload = open(url, {
    method: 'POST',
    agent: transport.agent,
    headers: {
      'content-type': 'application/octet-stream',
      ...(lengthBytes !== undefined && { 'content-length': lengthBytes }),
    },
    signal,
    timeout: silenceMs,
  });
  upload.once('timeout', () => upload.destroy(new AppError('timeout', 'The panel does not take the stream')));
  const answered = new Promise<number>((resolve, reject) => {
    upload.once('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    upload.once('error', reject);
    upload.once('close', () => reject(new AppError('unavailable', 'The panel ended the connection')));
  });
  try {
    const sending = writeAll(body, upload);
    // A refusal may come long before the end, and then is the better reason.
    sending.catch(() => {});
    const status = await answered;
    if (status < 200 || status > 299) {
      throw new AppError('unavailable', `The panel does not take the stream (status ${status})`);
    }
    await sending;
  } catch (error) {
    throw error instanceof AppError ? error : (transport.refusal ?? toAppError(error));
  } finally {
    upload.destroy();
    transport.cut();
  }
}

/** Each piece is on its way before the next is asked for, so that its memory can be used again. */
async function writeAll(body: AsyncIterable<string | Uint8Array>, upload: ClientRequest): Promise<void> {
  try {
    for await (const piece of body) {
      await new Promise<void>((resolve, reject) => {
        upload.write(piece, (error) => (error ? reject(error) : resolve()));
      });
    }
    upload.end();
  } catch (error) {
    upload.destroy(error as Error);
    throw error;
  }
}

/**
 * The answer to a GET to the panel, to be read at one's own pace; the panel's TLS key is checked as for the link. It errors
 * when the panel goes away before its end, or the signal is aborted.
 */
export async function receiveStream(
  link: Pick<LinkState, 'panelUrl' | 'tlsPin'>,
  ticket: string,
  signal: AbortSignal,
): Promise<Readable> {
  const transport = openTransport(link);
  const url = new URL(`/api/data/${encodeURIComponent(ticket)}`, link.panelUrl);
  const open = url.protocol === 'https:' ? httpsRequest : http.request;
  const download = open(url, { agent: transport.agent, signal, timeout: silenceMs });
  download.once('timeout', () => download.destroy(new AppError('timeout', 'The panel sends nothing')));
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      download.once('response', resolve).on('error', reject).end();
    });
    if (response.statusCode !== 200) {
      throw new AppError('unavailable', `The panel does not give the stream (status ${response.statusCode})`);
    }
    return bodyOf(response, () => transport.cut());
  } catch (error) {
    transport.cut();
    throw error instanceof AppError ? error : (transport.refusal ?? toAppError(error));
  }
}

/** The body of an answer, whose failure is told in a sentence. */
function bodyOf(response: IncomingMessage, whenClosed: () => void): Readable {
  const body = new Readable({
    read: () => void response.resume(),
    destroy: (error, done) => {
      response.destroy();
      whenClosed();
      done(error);
    },
  });
  // It may fail before anybody reads it, who is told then.
  body.on('error', () => {});
  response.on('data', (piece: Buffer) => {
    if (!body.push(piece)) response.pause();
  });
  finished(response, { writable: false }, (cause) => {
    if (!cause) body.push(null);
    else if (cause instanceof AppError) body.destroy(cause);
    else body.destroy(new AppError('unavailable', 'The stream from the panel broke off', { cause }));
  });
  return body;
}

function toAppError(cause: unknown): AppError {
  return new AppError('unavailable', 'The stream to the panel broke off', { cause });
}
