import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { AppError } from '@catalyst/shared/contract/errors';
import { AnswerScanner, framesOf, keepAlive } from '@catalyst/shared/node/sftp/frames';
import { MalformedPacket } from '@catalyst/shared/node/sftp/protocol';
import type { Channel } from 'ssh2';
import type { Logger } from '../../logger.ts';
import type { AgentDoor } from '../../realtime/agent-door.ts';
import type { Tickets } from '../data-plane/tickets.ts';
import type { PacketGuard } from './packet-guard.ts';

/** Well within the time after which the data plane takes a silent side for gone. */
const keepAliveEveryMs = 15_000;
/** Whoever asks nothing for so long is not there. */
const idleMs = 3_600_000;
const waitingBytes = 1024 * 1024;

interface BridgeParts {
  agents: AgentDoor;
  tickets: Tickets;
  log: Logger;
}

interface BridgeEnds {
  channel: Channel;
  /** Under the channel: what is written to it waits here when the client takes nothing. */
  socket: Socket;
  guard: PacketGuard;
  serverId: string;
  nodeId: string;
  /** Aborted when the client takes no more: `drain` never comes of a channel that is closed. */
  signal: AbortSignal;
}

/**
 * One SFTP session: what the client asks goes packet by packet past the guard to the agent, and the answers come back as
 * they are. Resolves when it is over, however it ended; what is held between the two ends is bounded.
 */
export async function bridgeSession(parts: BridgeParts, ends: BridgeEnds): Promise<void> {
  const { agents, tickets, log } = parts;
  const { channel, serverId, nodeId } = ends;
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, ends.signal]);
  const requests = new PassThrough({ highWaterMark: waitingBytes });
  requests.on('error', () => {});
  const offer = tickets.offer({ nodeId, kind: 'sftp' }, requests);
  const ticket = tickets.issue({ nodeId, kind: 'sftp' });
  signal.addEventListener('abort', () => requests.destroy());
  try {
    const asked = agents.call(nodeId, 'files:sftp', {
      ...{ serverId, requestsTicket: offer.id, answersTicket: ticket.id },
    });
    const answers = ticket.arrived(asked, signal);
    const sent = sendRequests(ends, requests, signal);
    // A client that breaks the rules ends the session; one that has no more to ask still gets its answers.
    await Promise.race([rejection(sent), answers.then((body) => passAnswers(ends, body, signal))]);
    channel.exit(0);
  } catch (error) {
    if (error instanceof MalformedPacket)
      log.info({ serverId, reason: error.message }, 'An SFTP client was ended');
    else if (error instanceof AppError && channel.stderr.writable)
      channel.stderr.write(`${error.message}\r\n`);
    else if (!signal.aborted) log.warn({ err: error, serverId }, 'An SFTP session broke off');
    channel.exit(1);
  } finally {
    over.abort();
    offer.cancel();
    ticket.cancel();
    channel.end();
  }
}

async function sendRequests(
  { channel, guard }: BridgeEnds,
  requests: PassThrough,
  signal: AbortSignal,
): Promise<void> {
  let lastAskedAt = Date.now();
  const alive = setInterval(() => {
    if (Date.now() - lastAskedAt > idleMs)
      requests.destroy(new AppError('timeout', 'Nothing was asked for too long'));
    else if (requests.writableLength === 0) requests.write(keepAlive);
  }, keepAliveEveryMs).unref();
  try {
    // The channel is not destroyed at the end of what the client sends: answers are still to come.
    const chunks = channel.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    for await (const frame of framesOf(chunks)) {
      lastAskedAt = Date.now();
      await guard.room(signal);
      const checked = guard.check(frame);
      const passed = checked instanceof Promise ? await checked : checked;
      if (!requests.write(passed)) await once(requests, 'drain', { signal });
    }
    requests.end();
  } finally {
    clearInterval(alive);
  }
}

async function passAnswers(
  { channel, socket, guard }: BridgeEnds,
  body: IncomingMessage,
  signal: AbortSignal,
): Promise<void> {
  signal.addEventListener('abort', () => body.destroy());
  const scanner = new AnswerScanner((head) => guard.answered(head));
  for await (const chunk of body as AsyncIterable<Buffer>) {
    for (const part of scanner.push(chunk)) {
      if (!channel.write(part)) await once(channel, 'drain', { signal });
      // The channel itself only minds its window, which may be as large as the client likes.
      if (socket.writableLength > waitingBytes) await once(socket, 'drain', { signal });
    }
  }
}

/** Never resolves. */
const rejection = (promise: Promise<unknown>): Promise<never> =>
  new Promise((_resolve, reject) => {
    promise.catch(reject);
  });
