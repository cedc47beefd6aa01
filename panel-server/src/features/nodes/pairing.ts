import type { IncomingMessage } from 'node:http';
import { AppError } from '@catalyst/shared/contract/errors';
import { isLoopbackHost, type Pairing } from '@catalyst/shared/features/agent-link';
import type { PanelCore } from '../../core.ts';
import { type ProxyTrust, requestHost } from '../../http/client-address.ts';

/** A name or an address, perhaps with a port: what a browser can ask for, and a shell can be told. */
const hostShape = /^([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d+)?$/;

/** Says where agents reach this panel and by which keys they know it. */
export class Pairings {
  readonly #core: Pick<PanelCore, 'config' | 'identity' | 'tlsFingerprint'>;
  readonly #isTrusted: ProxyTrust;

  constructor(core: Pick<PanelCore, 'config' | 'identity' | 'tlsFingerprint'>, isTrusted: ProxyTrust) {
    this.#core = core;
    this.#isTrusted = isTrusted;
  }

  /** For an agent of this machine. */
  local(panelUrl: string, nodeId: string, secret: string): Pairing {
    return { panelUrl, nodeId, panelKey: this.#core.identity.publicKey, tlsPin: this.#ownPin, secret };
  }

  /** For an agent elsewhere: it reaches the panel as the request did, unless the owner has set an address. */
  forRequest(request: IncomingMessage, nodeId: string, secret: string): Pairing {
    const { config, identity } = this.#core;
    const panelUrl = config.publicUrl?.origin ?? this.#urlOf(request);
    return { panelUrl, nodeId, panelKey: identity.publicKey, tlsPin: this.#pin, secret };
  }

  /** Only on this machine does an agent do without TLS, which the panel speaks on the same port. */
  #urlOf(request: IncomingMessage): string {
    const host = requestHost(request, this.#isTrusted);
    if (!hostShape.test(host)) {
      throw new AppError('bad_request', 'The request names no host that could be this panel');
    }
    return `${isLoopbackHost(host.replace(/:\d+$/, '')) ? 'http' : 'https'}://${host}`;
  }

  /** Behind a proxy that ends TLS, or with a certificate of the owner's that is renewed with new keys, authorities decide. */
  get #pin(): string | null {
    const { publicUrl, trustedProxies, tls } = this.#core.config;
    const isPublic = publicUrl?.protocol === 'https:';
    return isPublic && (trustedProxies.length > 0 || tls) ? null : this.#ownPin;
  }

  get #ownPin(): string {
    return Buffer.from(this.#core.tlsFingerprint, 'hex').toString('base64url');
  }
}
