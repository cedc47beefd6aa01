import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { StartError } from '@catalyst/shared/node/start-error';

/** Says which peers may speak for others by X-Forwarded-*. */
export type ProxyTrust = (address: string) => boolean;

export function trustProxies(entries: string[]): ProxyTrust {
  if (entries.length === 0) return () => false;
  const networks = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/');
    if (isIP(address) === 0) {
      throw new StartError(`CATALYST_TRUSTED_PROXIES: ${entry} is neither an address nor a network`);
    }
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    try {
      if (prefix === undefined) networks.addAddress(address, family);
      else networks.addSubnet(address, Number(prefix), family);
    } catch (cause) {
      throw new StartError(`CATALYST_TRUSTED_PROXIES: ${entry} is not a network`, { cause });
    }
  }
  return (address) => {
    const plain = plainAddress(address);
    return isIP(plain) !== 0 && networks.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
  };
}

/** Where a request really comes from: the last address in the chain that no trusted proxy vouches for. */
export function clientAddress(request: IncomingMessage, isTrusted: ProxyTrust): string {
  let address = plainAddress(request.socket.remoteAddress ?? '');
  const forwarded = forwardedFor(request);
  while (forwarded.length > 0 && isTrusted(address)) {
    const next = plainAddress(forwarded.pop() as string);
    if (isIP(next) === 0) break;
    address = next;
  }
  return address;
}

/** Whether the browser's own connection is encrypted: ours, or that to a trusted proxy. */
export function isSecureRequest(request: IncomingMessage, isTrusted: ProxyTrust): boolean {
  if ('encrypted' in request.socket && request.socket.encrypted) return true;
  if (!isTrusted(request.socket.remoteAddress ?? '')) return false;
  return lastOf(request.headers['x-forwarded-proto']) === 'https';
}

/** The host the browser asked for. */
export function requestHost(request: IncomingMessage, isTrusted: ProxyTrust): string {
  const forwarded = isTrusted(request.socket.remoteAddress ?? '')
    ? lastOf(request.headers['x-forwarded-host'])
    : undefined;
  return (forwarded ?? request.headers.host ?? '').toLowerCase();
}

export function isLoopback(address: string): boolean {
  const plain = plainAddress(address);
  return plain === '::1' || plain.startsWith('127.');
}

/** What counts as one source: an IPv4 address, or the /64 that an IPv6 customer has to himself. */
export function addressGroup(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail = ''] = address.replace(/%.*$/, '').split('::');
  const first = head.split(':').filter(Boolean);
  const last = tail.split(':').filter(Boolean);
  const filled = [...first, ...Array(Math.max(0, 8 - first.length - last.length)).fill('0'), ...last];
  return `${filled.slice(0, 4).join(':')}::/64`;
}

export const plainAddress = (address: string) =>
  address.trim().replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');

function forwardedFor(request: IncomingMessage): string[] {
  const header = request.headers['x-forwarded-for'];
  return (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').filter((part) => part.trim());
}

function lastOf(header: string | string[] | undefined): string | undefined {
  const text = Array.isArray(header) ? header.join(',') : header;
  return text?.split(',').at(-1)?.trim();
}
