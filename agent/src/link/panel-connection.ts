import './forget-built-in-websocket.ts';
import { AppError, ErrorBody, type ErrorCode } from '@catalyst/shared/contract/errors';
import { answerCalls, listen } from '@catalyst/shared/contract/rpc';
import type { LinkState } from '@catalyst/shared/features/agent-link';
import {
  type AgentHello,
  handshakeCalls,
  handshakeEvents,
  handshakeText,
  linkProtocolVersion,
} from '@catalyst/shared/features/agent-link';
import { randomToken } from '@catalyst/shared/node/random-token';
import { isSignedBy, type SigningKey } from '@catalyst/shared/node/signing-key';
import { Manager, type Socket } from 'socket.io-client';
import { agentVersion } from '../version.ts';
import { openTransport, type PanelTransport } from './panel-transport.ts';

/** The panel has proven itself and taken us in. */
export interface PanelConnection {
  readonly socket: Socket;
  readonly transport: PanelTransport;
  readonly panelVersion: string;
  /** Resolves with the reason when the connection is over. */
  readonly ended: Promise<string>;
  close(): void;
}

export interface ConnectOptions {
  identity: SigningKey;
  /** Random for each process. */
  processId: string;
  /** Give up after this. */
  timeoutMs?: number;
  /** No word from the panel for so long: the connection only looks open. */
  silenceMs?: number;
  /** For tests of other versions. */
  protocol?: number;
}

/** Refusals that the next attempt will not change. */
const lastingRefusals: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'unauthenticated',
  'forbidden',
  'version_unsupported',
  'conflict',
  'invalid_input',
]);

/** The panel does not want us, or is not who it must be. */
export class LinkRefusal extends AppError {
  get isLasting(): boolean {
    return lastingRefusals.has(this.code);
  }
}

const defaultTimeoutMs = 15_000;
const defaultSilenceMs = 40_000;
/** More than any message of the protocol needs. */
const maxMessageBytes = 16 * 1024 * 1024;

/**
 * Connects, has the panel prove itself, proves this agent, and waits to be accepted. The secret, if there is one, is only
 * sent to a panel that holds the right key. Rejects with a LinkRefusal, or `unavailable` when nobody answers.
 */
export async function connectToPanel(link: LinkState, options: ConnectOptions): Promise<PanelConnection> {
  const transport = openTransport(link);
  const hello: AgentHello = {
    protocol: options.protocol ?? linkProtocolVersion,
    agentVersion,
    nodeId: link.nodeId,
    publicKey: options.identity.publicKey,
    processId: options.processId,
    nonce: randomToken(),
  };
  const manager = new Manager(link.panelUrl, {
    transports: ['websocket'],
    agent: transport.agent as never,
    reconnection: false,
    autoConnect: false,
    timeout: options.timeoutMs ?? defaultTimeoutMs,
    // For the WebSocket below, which Socket.IO's types do not know.
    ...({ perMessageDeflate: false, maxPayload: maxMessageBytes } as object),
  });
  const socket = manager.socket('/agent', { auth: hello });
  const close = () => {
    socket.disconnect();
    transport.cut();
  };
  try {
    const panelVersion = await accepted(socket, transport, link, hello, options);
    return { socket, transport, panelVersion, ended: whenEnded(socket, transport, options), close };
  } catch (error) {
    close();
    throw error;
  }
}

function accepted(
  socket: Socket,
  transport: PanelTransport,
  link: LinkState,
  hello: AgentHello,
  { identity, timeoutMs = defaultTimeoutMs }: ConnectOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const host = new URL(link.panelUrl).host;
    const timer = setTimeout(() => {
      reject(new AppError('unavailable', `The panel at ${host} did not finish the handshake in time`));
    }, timeoutMs);
    const settle = (settled: () => void) => {
      clearTimeout(timer);
      settled();
    };
    const fail = (error: AppError) => settle(() => reject(error));
    let isProven = false;
    answerCalls(
      socket,
      handshakeCalls,
      {
        node_handshake: ({ panelKey, nonce, signature }) => {
          const parties = {
            panelKey: link.panelKey,
            agentKey: hello.publicKey,
            nodeId: hello.nodeId,
            agentNonce: hello.nonce,
            panelNonce: nonce,
          };
          if (
            panelKey !== link.panelKey ||
            !isSignedBy(panelKey, handshakeText('panel', parties), signature)
          ) {
            throw new LinkRefusal(
              'unauthenticated',
              `The panel at ${host} is not the one this agent was linked with. Nothing was told to it.`,
            );
          }
          isProven = true;
          return {
            signature: identity.sign(handshakeText('agent', parties)),
            ...(link.secret !== undefined && { enrolmentSecret: link.secret }),
          };
        },
      },
      {
        after: (_name, _call, _input, error) => {
          if (error) fail(error);
        },
        onBug: (_name, error) => fail(new AppError('internal', 'The handshake failed', { cause: error })),
      },
    );
    listen(
      socket,
      handshakeEvents,
      {
        'node:welcome': ({ panelVersion }) => {
          if (isProven) settle(() => resolve(panelVersion));
        },
        'node:refused': ({ code, message }) => fail(new LinkRefusal(code, message)),
      },
      () => fail(new LinkRefusal('invalid_input', `The panel at ${host} speaks another protocol`)),
    );
    socket.on('connect_error', (error) => fail(toConnectError(error, transport, host)));
    socket.on('disconnect', () =>
      fail(new AppError('unavailable', `The panel at ${host} ended the connection`)),
    );
    socket.connect();
  });
}

function toConnectError(
  error: Error & { data?: unknown },
  transport: PanelTransport,
  host: string,
): AppError {
  if (transport.refusal) return new LinkRefusal(transport.refusal.code, transport.refusal.message);
  const told = ErrorBody.safeParse(error.data);
  if (told.success) {
    const { code, message, retryAfterSeconds } = told.data.error;
    return new LinkRefusal(code, message, { retryAfterSeconds });
  }
  return new AppError('unavailable', `The panel at ${host} cannot be reached`, { cause: error });
}

/** Socket.IO's own heartbeat trusts the interval that the panel names; this does not. */
function whenEnded(socket: Socket, transport: PanelTransport, options: ConnectOptions): Promise<string> {
  return new Promise((resolve) => {
    const { engine } = socket.io;
    let watchdog: NodeJS.Timeout | undefined;
    const heard = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => {
        transport.cut();
        end('silence');
      }, options.silenceMs ?? defaultSilenceMs);
    };
    const end = (reason: string) => {
      clearTimeout(watchdog);
      engine?.off('packet', heard);
      resolve(reason);
    };
    engine?.on('packet', heard);
    heard();
    socket.once('disconnect', end);
    if (!socket.connected) end('transport close');
  });
}
