import type { ConsoleStream } from '@catalyst/shared/features/console-link';

export type { ConsoleStream };

/** A line before it has its number. */
export interface NewLine {
  /** When it was read, in milliseconds since 1970. */
  at: number;
  stream: ConsoleStream;
  /** Without newline; of all control characters only tabs and SGR colours are left. */
  text: string;
}

export interface ConsoleLine extends NewLine {
  /** Counts from 1 for each server and never starts over. */
  seq: number;
}
