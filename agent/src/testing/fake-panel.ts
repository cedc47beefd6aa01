import { createHash, createPrivateKey, webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket as TcpSocket } from 'node:net';
import { AppError } from '@catalyst/shared/contract/errors';
import { answerCalls, type CallInput, call, listen } from '@catalyst/shared/contract/rpc';
import {
  AgentHello,
  handshakeText,
  type LinkState,
  linkProtocolVersion,
  type Pairing,
  type ServerSnapshot,
} from '@catalyst/shared/features/agent-link';
import { agentCalls, agentEvents, handshakeCalls, panelCalls } from '@catalyst/shared/link';
import { toDeploymentToken } from '@catalyst/shared/node/deployment-token';
import { randomToken } from '@catalyst/shared/node/random-token';
import { isSignedBy, SigningKey } from '@catalyst/shared/node/signing-key';
import { Server, type Socket } from 'socket.io';
import { onTestFinished, vi } from 'vitest';
import type { z } from 'zod';
import { newId } from './ids.ts';

type PanelCalls = typeof panelCalls;
type AgentEvents = typeof agentEvents;
type Told = {
  [Name in keyof PanelCalls]: { name: Name; input: CallInput<PanelCalls[Name]> };
}[keyof PanelCalls];
type Announced = {
  [Name in keyof AgentEvents]: { name: Name; payload: z.output<AgentEvents[Name]['payload']> };
}[keyof AgentEvents];

interface FakePanelOptions {
  tls?: boolean;
  port?: number;
  pings?: { pingInterval: number; pingTimeout: number };
  like?: FakePanel;
}

/** The other end of the link, speaking it as the real panel does, on a real port; it does and believes what a test says. */
export class FakePanel {
  readonly nodeId: string;
  readonly key: SigningKey;
  readonly #tls: { key: string; cert: string } | null;
  #pings: FakePanelOptions['pings'];
  readonly tlsPin: string | null;
  port = 0;
  /** One-use secrets that let an agent enrol. */
  readonly secrets = new Set<string>();
  agentKey: string | null = null;
  protocol: number = linkProtocolVersion;
  /** Every hello, whatever became of it. */
  readonly hellos: AgentHello[] = [];
  /** Secrets that agents have shown. */
  readonly shown: string[] = [];
  readonly told: Told[] = [];
  readonly announced: Announced[] = [];
  /** Bodies that came over the data plane, by ticket. */
  readonly uploads = new Map<string, string>();
  /** Bytes of plain text that came in before any TLS. */
  receivedBytes = 0;
  /** Runs before a report is taken; throw to refuse it, wait to be slow. */
  onTold: (told: Told) => Promise<void> | void = () => {};
  onUpload: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;
  #sockets = new Set<TcpSocket>();
  #agent: Socket | null = null;
  #close: () => Promise<void> = async () => {};

  private constructor(tls: { key: string; cert: string; pin: string } | null, like?: FakePanel) {
    this.nodeId = like?.nodeId ?? newId();
    this.key = like?.key ?? new SigningKey();
    this.agentKey = like?.agentKey ?? null;
    this.#tls = tls;
    this.tlsPin = tls?.pin ?? null;
  }

  static async open({ tls = false, port = 0, like, pings }: FakePanelOptions = {}): Promise<FakePanel> {
    const panel = new FakePanel(tls ? await makeCertificate() : null, like);
    panel.#pings = pings;
    await panel.listen(port);
    onTestFinished(() => panel.close());
    return panel;
  }

  get panelKey(): string {
    return this.key.publicKey;
  }

  get url(): string {
    return `${this.#tls ? 'https' : 'http'}://127.0.0.1:${this.port}`;
  }

  /** What a link file says of this panel. */
  link(changes: Partial<LinkState> = {}): LinkState {
    return {
      panelUrl: this.url,
      nodeId: this.nodeId,
      panelKey: this.panelKey,
      tlsPin: this.tlsPin,
      ...changes,
    };
  }

  /** The same with a new secret. */
  pairing(): Pairing {
    const secret = randomToken();
    this.secrets.add(secret);
    return { ...this.link(), secret };
  }

  token(): string {
    return toDeploymentToken(this.pairing());
  }

  get isConnected(): boolean {
    return this.#agent?.connected ?? false;
  }

  get agent(): Socket {
    if (!this.#agent) throw new Error('No agent is connected');
    return this.#agent;
  }

  call<Name extends keyof typeof agentCalls & string>(
    name: Name,
    input: z.input<(typeof agentCalls)[Name]['input']>,
  ): Promise<CallOutputOf<Name>> {
    return call(this.agent, agentCalls, name, input) as Promise<CallOutputOf<Name>>;
  }

  /** The inputs of one kind of report so far. */
  reports<Name extends Told['name']>(name: Name): Extract<Told, { name: Name }>['input'][] {
    return this.told.filter((one) => one.name === name).map(({ input }) => input) as never;
  }

  events<Name extends Announced['name']>(name: Name): Extract<Announced, { name: Name }>['payload'][] {
    return this.announced.filter((one) => one.name === name).map(({ payload }) => payload) as never;
  }

  get snapshot(): ServerSnapshot[] | undefined {
    return this.reports('node_snapshot').at(-1)?.servers;
  }

  /** What the panel would take a server's state to be. */
  stateOf(serverId: string): ServerSnapshot['state'] | undefined {
    for (const { name, input } of this.told.toReversed()) {
      if (name === 'server_state_update' && input.report.serverId === serverId) return input.report.state;
      const seen =
        name === 'node_snapshot' ? input.servers.find((one) => one.serverId === serverId) : undefined;
      if (seen) return seen.state;
    }
    return undefined;
  }

  /** Waits for the next agent that is accepted and has sent its snapshot. */
  async connected(after = 0): Promise<void> {
    await vi.waitFor(() => {
      if (this.reports('node_snapshot').length <= after || !this.isConnected)
        throw new Error('No agent has connected');
    }, waiting);
  }

  /** Ends every connection without a word, as a network that fails does. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Stops reading; what the agent sends fills the network. */
  pauseReading(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  resumeReading(): void {
    for (const socket of this.#sockets) socket.resume();
  }

  /** Stops reading and answering, with all connections open: a machine that hangs. */
  freeze(): void {
    for (const socket of this.#sockets) {
      socket.pause();
      socket.write = () => true;
      socket.cork();
    }
  }

  async close(): Promise<void> {
    this.cut();
    await this.#close();
  }

  async listen(port = this.port): Promise<void> {
    const handler = (request: IncomingMessage, response: ServerResponse) =>
      this.#receiveUpload(request, response);
    const server = this.#tls ? createTlsServer(this.#tls, handler) : createServer(handler);
    server.on('connection', (socket: TcpSocket) => {
      this.#sockets.add(socket);
      socket.once('close', () => {
        this.receivedBytes += socket.bytesRead;
        this.#sockets.delete(socket);
      });
    });
    server.on('tlsClientError', () => {});
    const sockets = new Server(server, {
      serveClient: false,
      ...this.#pings,
      maxHttpBufferSize: 1_048_576,
    });
    sockets.of('/agent').use((socket, next) => this.#admit(socket, next));
    sockets.of('/agent').on('connection', (socket) => void this.#receive(socket));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    this.#close = async () => {
      sockets.disconnectSockets(true);
      await new Promise<void>((resolve) => void sockets.close(() => resolve()));
    };
  }

  #admit(socket: Socket, next: (error?: Error) => void): void {
    const hello = AgentHello.parse(socket.handshake.auth);
    this.hellos.push(hello);
    if (hello.protocol !== this.protocol) {
      next(connectError(new AppError('version_unsupported', 'Update the agent. Its servers keep running.')));
    } else if (hello.nodeId !== this.nodeId) {
      next(connectError(new AppError('unauthenticated', 'This agent is not linked')));
    } else next();
  }

  async #receive(socket: Socket): Promise<void> {
    try {
      await this.#prove(socket);
    } catch (error) {
      const { code, message } = error as AppError;
      socket.emit('node:refused', { code, message });
      socket.disconnect(true);
      return;
    }
    this.#agent?.disconnect(true);
    this.#agent = socket;
    const handlers = Object.fromEntries(
      Object.keys(panelCalls).map((name) => [
        name,
        async (input: unknown) => {
          const told = { name, input } as Told;
          await this.onTold(told);
          this.told.push(told);
          return {};
        },
      ]),
    );
    answerCalls(socket, panelCalls, handlers as never, {
      after: (name, _call, _input, error) => {
        if (error?.code === 'invalid_input') throw new Error(`The agent sent a wrong ${name}`);
      },
    });
    const listeners = Object.fromEntries(
      Object.keys(agentEvents).map((name) => [
        name,
        (payload: unknown) => this.announced.push({ name, payload } as Announced),
      ]),
    );
    listen(socket, agentEvents, listeners as never, (name, error) => {
      throw new Error(`The agent announced a wrong ${name}`, { cause: error });
    });
    socket.emit('node:welcome', { panelVersion: '0.1.0' });
  }

  async #prove(socket: Socket): Promise<void> {
    const hello = socket.handshake.auth as AgentHello;
    const panelNonce = randomToken();
    const parties = {
      panelKey: this.panelKey,
      agentKey: hello.publicKey,
      nodeId: hello.nodeId,
      agentNonce: hello.nonce,
      panelNonce,
    };
    const { signature, enrolmentSecret } = await call(socket, handshakeCalls, 'node_handshake', {
      panelKey: this.panelKey,
      nonce: panelNonce,
      signature: this.key.sign(handshakeText('panel', parties)),
    });
    if (enrolmentSecret !== undefined) this.shown.push(enrolmentSecret);
    if (!isSignedBy(hello.publicKey, handshakeText('agent', parties), signature)) {
      throw new AppError('unauthenticated', 'The agent does not hold the key it named');
    }
    if (hello.publicKey === this.agentKey) return;
    if (enrolmentSecret === undefined)
      throw new AppError('unauthenticated', 'This agent is not linked to the node');
    if (!this.secrets.delete(enrolmentSecret)) {
      throw new AppError('unauthenticated', 'The deployment token is used, expired or for another node');
    }
    this.agentKey = hello.publicKey;
  }

  #receiveUpload(request: IncomingMessage, response: ServerResponse): void {
    if (this.onUpload(request, response)) return;
    const ticket = request.url?.split('/').at(-1) ?? '';
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      this.uploads.set(ticket, text);
      response.writeHead(204).end();
    });
  }
}

type CallOutputOf<Name extends keyof typeof agentCalls> = z.output<(typeof agentCalls)[Name]['output']>;

const waiting = { timeout: 15_000, interval: 5 };

function connectError(error: AppError): Error {
  return Object.assign(new Error(error.message), { data: error.toBody('') });
}

async function makeCertificate(): Promise<{ key: string; cert: string; pin: string }> {
  await import('reflect-metadata');
  const { X509CertificateGenerator } = await import('@peculiar/x509');
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
  const certificate = await X509CertificateGenerator.createSelfSigned(
    { name: 'CN=Test panel', signingAlgorithm: algorithm, keys: keys as never },
    webcrypto as never,
  );
  const spki = Buffer.from(await webcrypto.subtle.exportKey('spki', keys.publicKey));
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return {
    key: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
      .export({ type: 'pkcs8', format: 'pem' })
      .toString(),
    cert: certificate.toString('pem'),
    pin: createHash('sha256').update(spki).digest('base64url'),
  };
}
