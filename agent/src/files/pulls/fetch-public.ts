import type { IncomingMessage } from 'node:http';
import { request as secureRequest } from 'node:https';
import { AppError } from '@catalyst/shared/contract/errors';
import { OutboundAddresses } from '@catalyst/shared/node/outbound-addresses';
import { http } from '../../node-http.ts';

const mostRedirects = 5;
const answerWithinMs = 20_000;
/** Whoever sends nothing for so long is not going to. */
const silenceMs = 60_000;

/**
 * The answer of an address that somebody typed in, to be read at one's own pace. It connects only to the public internet
 * and the given networks, for each redirect anew, and by no proxy of the environment. Rejects with what to tell.
 */
export async function fetchPublic(
  address: string,
  allowedNetworks: readonly string[],
  signal: AbortSignal,
): Promise<{ body: IncomingMessage; url: URL }> {
  const addresses = new OutboundAddresses(allowedNetworks);
  let url = new URL(address);
  for (let hops = 0; hops <= mostRedirects; hops += 1) {
    refuseUnlessPlain(url);
    addresses.requireAllowed(url);
    const body = await answerOf(url, addresses, signal);
    const status = body.statusCode ?? 0;
    if (status === 200) return { body, url };
    body.destroy();
    const { location } = body.headers;
    if (status < 300 || status > 399 || location === undefined) {
      throw new AppError('unavailable', `${url.host} answered with status ${status}`);
    }
    url = nextOf(url, location);
  }
  throw new AppError('unavailable', `${url.host} leads from one address to another without end`);
}

function refuseUnlessPlain(url: URL): void {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new AppError('invalid_input', 'Only http and https are fetched');
  }
  if (url.username !== '' || url.password !== '') {
    throw new AppError('invalid_input', 'The address must not contain a user or a password');
  }
}

function nextOf(from: URL, location: string): URL {
  if (!URL.canParse(location, from.href)) {
    throw new AppError('unavailable', `${from.host} leads to an address that is none`);
  }
  const next = new URL(location, from);
  if (from.protocol === 'https:' && next.protocol === 'http:') {
    throw new AppError('invalid_input', `${from.host} leads from https to http`);
  }
  return next;
}

async function answerOf(
  url: URL,
  addresses: OutboundAddresses,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const open = url.protocol === 'https:' ? secureRequest : http.request;
  const outgoing = open(url, {
    headers: { 'accept-encoding': 'identity', 'user-agent': 'Catalyst' },
    // Its own connection, through nothing that the environment names.
    ...{ agent: false, lookup: addresses.lookup, timeout: silenceMs, signal },
  });
  const late = setTimeout(() => outgoing.destroy(new Error('No answer in time')), answerWithinMs);
  outgoing.once('timeout', () => outgoing.destroy(new Error('Nothing has come for a minute')));
  try {
    return await new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.once('response', resolve).on('error', reject).end();
    });
  } catch (cause) {
    if (cause instanceof AppError || signal.aborted) throw cause;
    throw new AppError('unavailable', `${url.host} does not answer as it should`, { cause });
  } finally {
    clearTimeout(late);
  }
}
