import type { Agent as HttpAgent, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as secureRequest } from 'node:https';
import { AppError } from '@catalyst/shared/contract/errors';
import { OutboundAddresses } from '@catalyst/shared/node/outbound-addresses';
import { http } from '../../../../node-http.ts';
import { RegistryFault } from './registry-fault.ts';
import { isTrustedHop, type RegistryRoute, redirection, refusal } from './registry-route.ts';

export interface TransportOptions {
  /** Networks besides the public internet that any registry may be in, as `192.168.0.0/16`. */
  allowedNetworks?: readonly string[];
  /** A registry that sends next to nothing for so long is given up. */
  stallTimeoutMs?: number;
}

export interface Question {
  route: RegistryRoute;
  headers: Readonly<Record<string, string>>;
  /** Told to the first host only. */
  authorization: string | null;
  signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** What answered in the end, after redirections. */
  readonly url: URL;
  /** Throws a `RegistryFault` when it stalls or breaks off. To be read to its end, or dismissed. */
  readonly body: AsyncIterable<Buffer>;
  dismiss(): void;
}

const maxRedirections = 5;
const redirections = [301, 302, 303, 307, 308];
/** Less than this in the whole stall time-out is a stall too. */
const leastProgressBytes = 16 * 1024;

/** Where a trusted registry may be. Not where clouds tell machines their secrets (169.254.0.0/16). */
const privateNetworks = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '::1/128',
  'fc00::/7',
];

/** Connections are kept for later use, but never for somebody who may not make them. */
class Connections {
  readonly addresses: OutboundAddresses;
  readonly agents: { 'http:': HttpAgent; 'https:': HttpsAgent };

  constructor(allowedNetworks: readonly string[]) {
    this.addresses = new OutboundAddresses(allowedNetworks);
    const shared = { keepAlive: true, keepAliveMsecs: 10_000, lookup: this.addresses.lookup };
    this.agents = { 'http:': new http.Agent(shared), 'https:': new HttpsAgent(shared) };
  }

  close(): void {
    for (const agent of Object.values(this.agents)) agent.destroy();
  }
}

/** GET over the web as strangers direct it: to allowed addresses, by TLS, with secrets for their one host only. */
export class RegistryTransport {
  readonly #toStrangers: Connections;
  readonly #toTrusted: Connections;
  readonly #stallTimeoutMs: number;

  constructor({ allowedNetworks = [], stallTimeoutMs = 30_000 }: TransportOptions = {}) {
    this.#toStrangers = new Connections(allowedNetworks);
    this.#toTrusted = new Connections([...allowedNetworks, ...privateNetworks]);
    this.#stallTimeoutMs = stallTimeoutMs;
  }

  /** Follows redirections. */
  async get(first: URL, { route, headers, authorization, signal }: Question): Promise<Answer> {
    let url = first;
    for (let hop = 0; hop <= maxRedirections; hop++) {
      const isFirstHost = url.origin === first.origin;
      const sent = authorization !== null && isFirstHost ? { ...headers, authorization } : headers;
      const response = await this.#request(url, route, sent, signal);
      const { statusCode: status = 0, headers: answered } = response;
      if (!redirections.includes(status) || !answered.location) {
        const body = this.#bodyOf(response, url, signal);
        return { status, headers: answered, url, body, dismiss: () => response.destroy() };
      }
      response.destroy();
      url = redirection(answered.location, url, route);
    }
    throw new AppError('unavailable', `The registry ${first.host} sends us round in circles.`);
  }

  /** Ends connections that wait for further use. */
  close(): void {
    this.#toStrangers.close();
    this.#toTrusted.close();
  }

  async #request(
    url: URL,
    route: RegistryRoute,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    signal.throwIfAborted();
    const { addresses, agents } = isTrustedHop(url, route) ? this.#toTrusted : this.#toStrangers;
    const isPlain = url.protocol === 'http:';
    const options = {
      agent: isPlain ? agents['http:'] : agents['https:'],
      headers: { 'user-agent': 'catalyst-agent', 'accept-encoding': 'identity', ...headers },
      signal,
    };
    let patience: NodeJS.Timeout | undefined;
    try {
      addresses.requireAllowed(url);
      return await new Promise((resolve, reject) => {
        const sent = (isPlain ? http.request : secureRequest)(url, options, resolve);
        patience = setTimeout(() => sent.destroy(stalled(url)), this.#stallTimeoutMs);
        sent.on('error', reject);
        sent.end();
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (isRefusedAddress(error)) throw refusal(url, route, error);
      throw toFault(error, url);
    } finally {
      clearTimeout(patience);
    }
  }

  /** Only the time spent waiting for the registry counts, not what the reader takes for itself. */
  async *#bodyOf(response: IncomingMessage, url: URL, signal: AbortSignal): AsyncGenerator<Buffer> {
    let waitedMs = 0;
    let receivedBytes = 0;
    let timer: NodeJS.Timeout | undefined;
    let waitingSince = 0;
    const startWaiting = () => {
      waitingSince = performance.now();
      timer = setTimeout(() => response.destroy(stalled(url)), Math.max(0, this.#stallTimeoutMs - waitedMs));
    };
    try {
      startWaiting();
      for await (const chunk of response as AsyncIterable<Buffer>) {
        clearTimeout(timer);
        waitedMs += performance.now() - waitingSince;
        receivedBytes += chunk.length;
        if (receivedBytes >= leastProgressBytes) waitedMs = receivedBytes = 0;
        yield chunk;
        startWaiting();
      }
    } catch (error) {
      throw signal.aborted ? signal.reason : toFault(error, url);
    } finally {
      clearTimeout(timer);
      response.destroy();
    }
  }
}

/** OutboundAddresses is the only one here that finds fault with what it is given. */
const isRefusedAddress = (error: unknown) => error instanceof AppError && error.code === 'invalid_input';

const stalled = (url: URL) => new RegistryFault(`The registry ${url.host} has stopped sending.`);

function toFault(error: unknown, url: URL): Error {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOTFOUND') {
    return new RegistryFault(`There is no registry ${url.host}: its name is not known.`, { cause: error });
  }
  if (/CERT|SSL|TLS|SELF_SIGNED|ISSUER|SIGNATURE/.test(code)) {
    return new AppError('unavailable', `The registry ${url.host} cannot prove who it is (${code}).`, {
      cause: error,
    });
  }
  const reason = code ? ` (${code})` : '';
  return new RegistryFault(`The registry ${url.host} cannot be reached${reason}.`, { cause: error });
}
