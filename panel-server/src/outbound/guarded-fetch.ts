import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP } from 'node:net';
import { AppError } from '@catalyst/shared/contract/errors';
import { OutboundAddresses } from '@catalyst/shared/node/outbound-addresses';

const timeoutMs = 10_000;
const maxAnswerBytes = 1_048_576;

interface OutgoingRequest {
  method?: string;
  headers?: Record<string, string>;
  body?: string | URLSearchParams | null;
  signal?: AbortSignal;
}

/**
 * `fetch` for addresses that people type in: it connects to the public internet and the networks an administrator
 * allows, follows no redirects, and takes neither long nor much. Throws an AppError that says no more than needed.
 */
export function guardedFetch(allowedNetworks: readonly string[]) {
  const addresses = new OutboundAddresses(allowedNetworks.map(asNetwork));
  return async (target: string | URL, options: OutgoingRequest = {}): Promise<Response> => {
    const url = new URL(target);
    addresses.requireAllowed(url);
    const body = options.body ? String(options.body) : undefined;
    return new Promise((resolve, reject) => {
      const fail = (cause: unknown) => reject(cause instanceof AppError ? cause : unreachable(cause));
      const deadline = AbortSignal.timeout(timeoutMs);
      const outgoing = (url.protocol === 'https:' ? secureRequest : plainRequest)(
        url,
        {
          method: options.method ?? 'GET',
          headers: {
            ...options.headers,
            ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
          },
          lookup: addresses.lookup,
          agent: false,
          signal: options.signal ? AbortSignal.any([options.signal, deadline]) : deadline,
        },
        async (incoming) => {
          try {
            const chunks: Buffer[] = [];
            let size = 0;
            for await (const chunk of incoming as AsyncIterable<Buffer>) {
              size += chunk.length;
              if (size > maxAnswerBytes) throw new Error('The answer is too long');
              chunks.push(chunk);
            }
            const status = incoming.statusCode ?? 0;
            const headers = Object.entries(incoming.headers).flatMap(([name, value]) =>
              [value ?? []].flat().map((one): [string, string] => [name, one]),
            );
            const isEmpty = status === 204 || status === 304;
            resolve(new Response(isEmpty ? null : Buffer.concat(chunks), { status, headers }));
          } catch (error) {
            outgoing.destroy();
            fail(error);
          }
        },
      );
      outgoing.on('error', fail);
      outgoing.end(body);
    });
  };
}

const mostRedirects = 5;

/** What is published at an address, over redirects too: each of them is judged like the first. */
export async function fetchPublished(
  fetched: ReturnType<typeof guardedFetch>,
  address: string,
  headers: Record<string, string> = {},
): Promise<Uint8Array> {
  let url = new URL(address);
  for (let hops = 0; hops <= mostRedirects; hops += 1) {
    if (!/^https?:$/.test(url.protocol))
      throw new AppError('invalid_input', 'Only http and https are fetched');
    const answer = await fetched(url, { headers });
    const location = answer.headers.get('location');
    if (
      answer.status >= 300 &&
      answer.status < 400 &&
      location !== null &&
      URL.canParse(location, url.href)
    ) {
      url = new URL(location, url);
      continue;
    }
    if (answer.status !== 200) {
      throw new AppError('unavailable', `${url.host} answered with status ${answer.status}`);
    }
    return new Uint8Array(await answer.arrayBuffer());
  }
  throw new AppError('unavailable', `${url.host} leads from one address to another without end`);
}

/** An address alone is a network of one. */
export function asNetwork(text: string): string {
  const family = isIP(text);
  return family === 0 ? text : `${text}/${family === 4 ? 32 : 128}`;
}

const unreachable = (cause: unknown) =>
  new AppError('unavailable', 'The other side does not answer as it should', { cause });
