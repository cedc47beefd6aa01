import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StartError } from '@catalyst/shared/node/start-error';
import type { Config } from '../config.ts';
import type { PanelCertificate } from '../identity/panel-certificate.ts';
import { answerStarting } from './bare-answers.ts';
import type { ProxyTrust } from './client-address.ts';
import { ConnectionCap } from './connection-cap.ts';
import { createOnePortServer, type OnePortServer } from './one-port.ts';

/** Where the panel listens. */
export interface PanelAddress {
  /** As this machine reaches it. */
  url: string;
  port: number;
}

/**
 * The panel's port. It is there before the panel is, which takes a while when the database has to be brought up to date:
 * until it is opened, every request is told so, and whoever wants TLS before there is a certificate is cut off.
 */
export class FrontDoor {
  readonly server: OnePortServer;
  #certificate: PanelCertificate | undefined;
  #handler: RequestListener = answerStarting;
  #isOpen = false;

  constructor(isTrusted: ProxyTrust) {
    this.server = createOnePortServer(
      (request, response) => (this.#isOpen ? this.#handler : answerStarting)(request, response),
      () => this.#certificate,
      ConnectionCap.forStrangers(isTrusted),
    );
  }

  /** Throws a StartError when the port is not to be had. */
  async listen({ host, port }: Pick<Config, 'host' | 'port'>): Promise<void> {
    try {
      this.server.listen({ host, port });
      await once(this.server, 'listening');
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      const why =
        code === 'EADDRINUSE'
          ? 'another program uses it, perhaps Catalyst itself. Set CATALYST_PORT to another one'
          : message;
      throw new StartError(`The panel cannot listen on ${host} port ${port}: ${why}`, { cause });
    }
  }

  useCertificate(certificate: PanelCertificate): void {
    this.#certificate = certificate;
    certificate.onRenewed(() => this.server.renewCertificate());
  }

  /** What answers once the door is open. */
  leadTo(handler: RequestListener): void {
    this.#handler = handler;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  open(): void {
    this.#isOpen = true;
  }

  addressFor(host: string): PanelAddress {
    const { port } = this.server.address() as AddressInfo;
    // From this machine plain HTTP always works, whatever the address the panel listens on.
    const isEverywhere = ['0.0.0.0', '::', '127.0.0.1', '::1'].includes(host);
    const url = isEverywhere ? `http://127.0.0.1:${port}` : `https://${host}:${port}`;
    return { url: host === '::1' ? `http://[::1]:${port}` : url, port };
  }

  async close(): Promise<void> {
    const closed = this.server.listening ? once(this.server, 'close') : undefined;
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}
