import { z } from 'zod';
import { route } from '../contract/route.ts';
import { Id, plainText, Timestamp } from '../contract/values.ts';
import { ConsoleCommand, ConsoleStream, Sequence, TerminalSize } from './console-link.ts';
import { ServerParams } from './servers.ts';

/** One line of a console; `text` holds no control characters but SGR colours, and at most 64 KiB. */
export const ConsoleLine = z
  .object({ seq: Sequence, at: Timestamp, stream: ConsoleStream, text: z.string() })
  .meta({ id: 'ConsoleLine' });
export type ConsoleLine = z.output<typeof ConsoleLine>;

export const LogQuery = z.strictObject({
  /** Lines after this number, oldest first. */
  after: z.coerce.number().int().min(0).optional(),
  /** Lines before this number; the page holds the newest of them, oldest first. The default is the end. */
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  stream: ConsoleStream.optional(),
  /** Only lines that contain this text, in any case. */
  q: plainText(200).min(1).optional(),
  cursor: z
    .string()
    .regex(/^[ab]\d{1,15}$/, 'is not a cursor of this list')
    .optional(),
});

export const LogPage = z
  .object({
    items: z.array(ConsoleLine),
    /** Continues in the same direction; null at the end. */
    nextCursor: z.string().nullable(),
    /** The oldest number still kept and the newest there is; both 0 when there is nothing yet. */
    firstSeq: Sequence,
    lastSeq: Sequence,
  })
  .meta({ id: 'LogPage' });

export const NewCommand = z.strictObject({
  command: ConsoleCommand,
  /** How long to collect the output that follows, in milliseconds. */
  waitMs: z.int().min(0).max(30_000).optional(),
});

export const consoleRoutes = {
  logs: route({
    method: 'GET',
    url: '/api/servers/:id/logs',
    config: { permission: 'console.read', onServer: true },
    schema: {
      summary: 'A page of the console history',
      tags: ['Console'],
      params: ServerParams,
      querystring: LogQuery,
      response: { 200: LogPage },
    },
  }),
  download: route({
    method: 'GET',
    url: '/api/servers/:id/logs/download',
    config: { permission: 'console.read', onServer: true, stream: 'download' },
    schema: {
      summary: 'The whole console history as text',
      tags: ['Console'],
      params: ServerParams,
      response: { 200: z.any().meta({ description: 'text/plain, one line a line' }) },
    },
  }),
  command: route({
    method: 'POST',
    url: '/api/servers/:id/command',
    config: { permission: 'console.write', audit: 'console.command', onServer: true },
    schema: {
      summary:
        'Send a command to the console, and with `waitMs` get the output that followed, for which `console.read` is needed',
      tags: ['Console'],
      params: ServerParams,
      body: NewCommand,
      response: { 200: z.object({ seq: Sequence, lines: z.array(ConsoleLine).optional() }) },
    },
  }),
};

const onServer = z.strictObject({ serverId: Id });

export const consoleClientCalls = {
  'console:subscribe': {
    summary:
      'Follow a console: first the lines after `afterSeq` (without it, and at most, the last 1,000), then the new ones, all as `server_log`',
    permission: 'console.read',
    input: onServer.extend({ afterSeq: Sequence.optional() }),
    /** The range of the lines that come first; none when `firstSeq` is greater than `lastSeq`, the newest there is. */
    output: z.object({ firstSeq: Sequence, lastSeq: Sequence }),
  },
  'console:unsubscribe': {
    summary: 'Stop following a console',
    permission: 'signed-in',
    input: onServer,
    output: z.object({}),
  },
  console_input: {
    summary: 'Send a command; the answer is the number of its echo',
    permission: 'console.write',
    audit: 'console.command',
    input: onServer.extend({ data: ConsoleCommand }),
    output: z.object({ seq: Sequence }),
  },
  'console:resize': {
    summary:
      'The size of the terminal that the game writes to, where it has one; the last to say it is obeyed',
    permission: 'console.write',
    input: onServer.extend(TerminalSize.shape),
    output: z.object({}),
  },
} as const;

export const consoleClientEvents = {
  server_log: {
    summary: 'Lines of a console that is followed, in order',
    permission: 'console.read',
    payload: z.object({ serverId: Id, lines: z.array(ConsoleLine) }),
  },
  'console:dropped': {
    summary: 'Lines that were not sent live, to keep up; ask for them by number',
    permission: 'console.read',
    payload: z.object({ serverId: Id, fromSeq: Sequence, toSeq: Sequence }),
  },
} as const;
