import { z } from 'zod';
import { Id } from '../contract/values.ts';

export const ConsoleStream = z.enum(['stdout', 'stderr', 'stdin', 'system', 'install']);
export type ConsoleStream = z.output<typeof ConsoleStream>;

/** A line's number on its server: starts at 1, never resets, has no gaps. */
export const Sequence = z.int().min(0);

/** What a person types; line breaks and control characters would make it two commands. */
export const ConsoleCommand = z
  .string()
  .min(1, 'must not be empty')
  .regex(/^[^\p{Cc}\u2028\u2029]*$/u, 'must be one line without control characters')
  .refine((text) => text.isWellFormed(), 'must be valid Unicode')
  .refine((text) => new TextEncoder().encode(text).length <= 4096, 'must be at most 4 KiB');

/** In characters. */
export const TerminalSize = z.strictObject({
  columns: z.int().min(1).max(1000),
  rows: z.int().min(1).max(1000),
});

const onServer = z.strictObject({ serverId: Id });

/** A line between agent and panel: the time is in milliseconds since 1970, as there are many of them. */
export const AgentConsoleLine = z.object({
  seq: Sequence,
  at: z.number(),
  stream: ConsoleStream,
  text: z.string().max(70_000),
});

/** From the panel to an agent. */
export const consoleAgentCalls = {
  console_input: {
    summary: 'Write one line to the game',
    input: onServer.extend({ data: ConsoleCommand, operationId: Id }),
    output: z.object({ seq: Sequence }),
  },
  'console:read': {
    summary: 'A page of the history',
    input: onServer.extend({
      after: Sequence.optional(),
      before: Sequence.optional(),
      limit: z.int().min(1).max(1000),
      stream: ConsoleStream.optional(),
      q: z.string().max(200).optional(),
    }),
    output: z.object({
      lines: z.array(AgentConsoleLine).max(1000),
      firstSeq: Sequence,
      lastSeq: Sequence,
      /** Where to go on in the same direction; null at the end. */
      nextSeq: Sequence.nullable(),
    }),
  },
  'console:watch': {
    summary: 'Send (or no longer send) the lines of a console as they come',
    input: onServer.extend({ watch: z.boolean() }),
    output: z.object({ firstSeq: Sequence, lastSeq: Sequence }),
  },
  'console:export': {
    summary: 'Send the whole history as the body of a POST to the data plane',
    input: onServer.extend({ ticket: z.string().max(128) }),
    output: z.object({}),
  },
} as const;

/** From an agent to the panel. */
export const consoleAgentEvents = {
  server_log: {
    summary: 'Lines of a watched console, in order',
    payload: onServer.extend({ lines: z.array(AgentConsoleLine).max(5000) }),
  },
  'console:dropped': {
    summary: 'Lines of a watched console that were not sent',
    payload: onServer.extend({ fromSeq: Sequence, toSeq: Sequence }),
  },
} as const;
