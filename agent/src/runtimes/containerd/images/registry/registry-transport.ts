import { Agent as HttpAgent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { Agent as HttpsAgent, request as secureRequest } from 'node:https';
import { AppError } from '@catalyst/shared/contract/errors';
import { OutboundAddresses } from '@catalyst/shared/node/outbound-addresses';
import { RegistryFault } from './registry-fault.ts';

export interface TransportOptions {
  /** Networks besides the public internet that registries may be in, as `192.168.0.0/16`. */
  allowedNetworks?: readonly string[];
  /** Registries that are spoken to without TLS; those on this machine always are. */
  insecureRegistries?: readonly string[];
  /** A registry that sends next to nothing for so long is given up. */
  stallTimeoutMs?: number;
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

/** GET over the web as strangers direct it: to allowed addresses, by TLS, with secrets for their one host only. */
export class RegistryTransport {
  readonly #addresses: OutboundAddresses;
  readonly #insecureRegistries: readonly string[];
  readonly #stallTimeoutMs: number;
  readonly #agents: { 'http:': HttpAgent; 'https:': HttpsAgent };

  constructor(options: TransportOptions = {}) {
    this.#addresses = new OutboundAddresses(options.allowedNetworks ?? []);
    this.#insecureRegistries = (options.insecureRegistries ?? []).map((host) => host.toLowerCase());
    this.#stallTimeoutMs = options.stallTimeoutMs ?? 30_000;
    const shared = { keepAlive: true, keepAliveMsecs: 10_000, lookup: this.#addresses.lookup };
    this.#agents = { 'http:': new HttpAgent(shared), 'https:': new HttpsAgent(shared) };
  }

  /** Where a registry (host and port) is spoken to. */
  origin(host: string): string {
    return `${this.#isInsecure(host) ? 'http' : 'https'}://${host}`;
  }

  /** Follows redirections; what `authorization` says is told to the first host only. */
  async get(
    first: URL,
    headers: Readonly<Record<string, string>>,
    authorization: string | null,
    signal: AbortSignal,
  ): Promise<Answer> {
    let url = first;
    for (let hop = 0; hop <= maxRedirections; hop++) {
      const isFirstHost = url.origin === first.origin;
      const sent = authorization !== null && isFirstHost ? { ...headers, authorization } : headers;
      const response = await this.#request(url, sent, signal);
      const { statusCode: status = 0, headers: answered } = response;
      if (!redirections.includes(status) || !answered.location) {
        const body = this.#bodyOf(response, url, signal);
        return { status, headers: answered, url, body, dismiss: () => response.destroy() };
      }
      response.destroy();
      url = this.#redirection(answered.location, url);
    }
    throw new AppError('unavailable', `The registry ${first.host} sends us round in circles.`);
  }

  /** Ends connections that wait for further use. */
  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  #isInsecure(host: string): boolean {
    const name = URL.parse(`http://${host}/`)?.hostname ?? '';
    return (
      name === 'localhost' || /^127\.\d+\.\d+\.\d+$/.test(name) || this.#insecureRegistries.includes(host)
    );
  }

  #redirection(location: string, from: URL): URL {
    const url = URL.parse(location, from.href);
    const isAllowed =
      url !== null &&
      url.username === '' &&
      url.password === '' &&
      (url.protocol === 'https:' ||
        (url.protocol === 'http:' && from.protocol === 'http:' && this.#isInsecure(url.host)));
    if (isAllowed) return url;
    throw new AppError(
      'unavailable',
      `The registry ${from.host} sends us to an address that is not safe to use.`,
    );
  }

  #request(
    url: URL,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    signal.throwIfAborted();
    this.#addresses.requireAllowed(url);
    const isPlain = url.protocol === 'http:';
    const options = {
      agent: isPlain ? this.#agents['http:'] : this.#agents['https:'],
      headers: { 'user-agent': 'catalyst-agent', 'accept-encoding': 'identity', ...headers },
      signal,
    };
    return new Promise((resolve, reject) => {
      const sent = (isPlain ? request : secureRequest)(url, options, (response) => {
        clearTimeout(patience);
        resolve(response);
      });
      const patience = setTimeout(() => sent.destroy(stalled(url)), this.#stallTimeoutMs);
      sent.on('error', (error) => {
        clearTimeout(patience);
        reject(signal.aborted ? signal.reason : toFault(error, url));
      });
      sent.end();
    });
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
