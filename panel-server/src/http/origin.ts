import type { IncomingMessage } from 'node:http';
import { isSecureRequest, type ProxyTrust, requestHost } from './client-address.ts';

/**
 * Whether a request comes from a page of this panel, or from no page at all. Browsers send Origin with every request
 * that could change something and with every WebSocket; programs send none.
 */
export function isOwnOrigin(
  request: IncomingMessage,
  isTrusted: ProxyTrust,
  publicUrl: URL | undefined,
): boolean {
  const { origin } = request.headers;
  if (origin === undefined) return true;
  if (publicUrl && origin === publicUrl.origin) return true;
  const scheme = isSecureRequest(request, isTrusted) ? 'https' : 'http';
  return origin.toLowerCase() === `${scheme}://${requestHost(request, isTrusted)}`;
}

/** A browser that says itself that the request began on a page of the panel's own. */
export function isFromOwnPage(request: IncomingMessage): boolean {
  return request.headers.origin !== undefined || request.headers['sec-fetch-site'] === 'same-origin';
}
