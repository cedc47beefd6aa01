import type { Readable } from 'node:stream';
import { setTimeout as passed } from 'node:timers/promises';
import { AppError } from '@catalyst/shared/contract/errors';
import type { LogPage, LogQuery, NewCommand } from '@catalyst/shared/features/console';
import type { TerminalSize } from '@catalyst/shared/features/console-link';
import { isUp } from '@catalyst/shared/features/server-states';
import type { DataSource } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { z } from 'zod';
import { suspended } from '../../access.ts';
import type { AgentDoor } from '../../realtime/agent-door.ts';
import { TokenBuckets } from '../../token-bucket.ts';
import type { Tickets } from '../data-plane/tickets.ts';
import type { ServerRow } from '../servers/server.entity.ts';
import { getServer } from '../servers/server-store.ts';
import type { ConsoleRelay } from './console-relay.ts';
import { cleanText, lineTime, type ViewerLine } from './console-text.ts';
import { readLogCursor, writeLogCursor } from './log-cursor.ts';

const commandsPerSecond = 10;
/** A window that is being dragged. */
const resizesPerSecond = 20;
const firstTryMs = 4000;
const answerTimeoutMs = 10_000;
const maxCollectedLines = 1000;
const maxCollectedBytes = 512_000;

interface ConsoleParts {
  database: DataSource;
  agents: AgentDoor;
  relay: ConsoleRelay;
  tickets: Tickets;
}

/** The consoles, whose lines are kept by the agents. */
export class ConsoleService {
  readonly #parts: ConsoleParts;
  readonly #commands = new TokenBuckets({ capacity: commandsPerSecond, perSecond: commandsPerSecond });
  readonly #resizes = new TokenBuckets({ capacity: resizesPerSecond, perSecond: resizesPerSecond });

  constructor(parts: ConsoleParts) {
    this.#parts = parts;
  }

  async logs(serverId: string, query: z.output<typeof LogQuery>): Promise<z.output<typeof LogPage>> {
    const { nodeId } = await getServer(this.#parts.database, serverId);
    const { limit, stream, q } = query;
    const place = query.cursor === undefined ? query : readLogCursor(query.cursor);
    const isForward = place.after !== undefined;
    const page = await this.#parts.agents.call(nodeId, 'console:read', {
      serverId,
      limit,
      ...(isForward ? { after: place.after } : { before: place.before }),
      stream,
      q,
    });
    return {
      items: page.lines.map((line) => ({ ...line, at: lineTime(line.at), text: cleanText(line.text) })),
      nextCursor: page.nextSeq === null ? null : writeLogCursor(isForward, page.nextSeq),
      firstSeq: page.firstSeq,
      lastSeq: page.lastSeq,
    };
  }

  /**
   * Answers the number of the echo, and with `waitMs` the lines that came after it within that time. Whoever aborts the
   * wait gives its reason.
   */
  async command(
    userId: string,
    serverId: string,
    { command, waitMs }: z.output<typeof NewCommand>,
    signal?: AbortSignal,
  ): Promise<{ seq: number; lines?: ViewerLine[] }> {
    if (!this.#commands.take(userId)) {
      throw new AppError('rate_limited', `At most ${commandsPerSecond} commands a second`, {
        retryAfterSeconds: 1,
      });
    }
    const row = await getServer(this.#parts.database, serverId);
    assertTakesInput(row);
    if (waitMs === undefined) return { seq: await this.#send(row, command) };
    const collected = new LineCollector();
    const stop = await this.#parts.relay.collect(row, (lines) => collected.add(lines));
    try {
      const seq = await this.#send(row, command);
      await passed(waitMs, undefined, { signal }).catch(() => signal?.throwIfAborted());
      return { seq, lines: collected.lines.filter((line) => line.seq > seq) };
    } finally {
      stop();
    }
  }

  /** Of the terminal that the game has. Does nothing when it has none or does not run. */
  async resize(userId: string, serverId: string, size: z.output<typeof TerminalSize>): Promise<void> {
    if (!this.#resizes.take(userId)) {
      throw new AppError('rate_limited', `At most ${resizesPerSecond} changes of size a second`, {
        retryAfterSeconds: 1,
      });
    }
    const { nodeId, state, suspendedAt } = await getServer(this.#parts.database, serverId);
    if (suspendedAt) throw suspended();
    if (isUp(state)) await this.#parts.agents.call(nodeId, 'server:resize', { serverId, ...size });
  }

  /** The history as a stream that the agent delivers; it is destroyed when either end goes away. */
  async download(serverId: string, signal: AbortSignal): Promise<{ name: string; body: Readable }> {
    const { agents, database, tickets } = this.#parts;
    const { nodeId, name } = await getServer(database, serverId);
    const ticket = tickets.issue({ nodeId, kind: 'console-export' });
    try {
      const asked = agents.call(nodeId, 'console:export', { serverId, ticket: ticket.id });
      const body = await ticket.arrived(asked, signal);
      return { name, body };
    } catch (error) {
      ticket.cancel();
      throw error;
    }
  }

  async #send({ id, nodeId }: ServerRow, command: string): Promise<number> {
    const input = { serverId: id, data: command, operationId: uuid() };
    const send = (timeoutMs: number) =>
      this.#parts.agents.call(nodeId, 'console_input', input, { timeoutMs });
    try {
      return (await send(firstTryMs)).seq;
    } catch (error) {
      if (!isTimeout(error)) throw error;
    }
    try {
      // The same id: when only the answer was lost, the game does not get the command twice.
      return (await send(answerTimeoutMs - firstTryMs)).seq;
    } catch (error) {
      if (!isTimeout(error)) throw error;
      throw new AppError('timeout', `The node did not answer within ${answerTimeoutMs / 1000} s`);
    }
  }
}

const isTimeout = (error: unknown) => error instanceof AppError && error.code === 'timeout';

/** What a command brought about, as far as it is not too much. */
class LineCollector {
  readonly lines: ViewerLine[] = [];
  #bytes = 0;

  add(lines: readonly ViewerLine[]): void {
    for (const line of lines) {
      if (this.lines.length >= maxCollectedLines || this.#bytes > maxCollectedBytes) return;
      this.lines.push(line);
      this.#bytes += line.text.length;
    }
  }
}

function assertTakesInput({ state, suspendedAt }: ServerRow): void {
  if (suspendedAt || state === 'suspended') throw suspended();
  if (!isUp(state)) {
    throw new AppError('not_running', `The server is ${state}: nobody would read the command`);
  }
}
