import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { type ProxyTrust, requestHost } from '../../http/client-address.ts';
import type { PanelSettings } from '../settings/panel-settings.ts';

/** Where passkeys are made and proved: a browser gives them to this origin only. */
export interface PasskeySite {
  origin: string;
  /** The relying party's id. */
  host: string;
  /** Why passkeys do not work there; undefined when they do. */
  problem: string | undefined;
}

/**
 * The configured address, or else the one the browser came to. That one is the request's own word, but nothing comes of
 * a wrong one: the browser signs the origin it sees, and a passkey stays bound to the host it was made for.
 */
export async function passkeySite(
  request: FastifyRequest,
  settings: PanelSettings,
  isTrusted: ProxyTrust,
): Promise<PasskeySite> {
  const publicUrl = await settings.read('publicUrl');
  const asked = `${request.isSecure ? 'https' : 'http'}://${requestHost(request.raw, isTrusted)}`;
  const askedUrl = URL.canParse(asked) ? new URL(asked) : undefined;
  const url = publicUrl ? new URL(publicUrl) : askedUrl;
  if (!url) return { origin: asked, host: '', problem: 'This address is none that passkeys work for' };
  return { origin: url.origin, host: url.hostname, problem: problemOf(url, askedUrl) };
}

function problemOf(url: URL, asked: URL | undefined): string | undefined {
  if (isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0) {
    return 'Passkeys need a name such as panel.example.com; this panel is reached by a number';
  }
  const isLocal = url.hostname === 'localhost' || url.hostname.endsWith('.localhost');
  if (url.protocol !== 'https:' && !isLocal) return 'Passkeys need https';
  if (asked && asked.origin !== url.origin) return `Passkeys work only at ${url.origin}`;
  return undefined;
}
