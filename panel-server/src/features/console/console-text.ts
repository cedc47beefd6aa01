import type { ConsoleLine } from '@catalyst/shared/features/console';
import type { AgentConsoleLine } from '@catalyst/shared/features/console-link';
import type { z } from 'zod';

export type AgentLine = z.output<typeof AgentConsoleLine>;
/** A line as viewers get it: the time as text already, because one line goes to many of them. */
export type ViewerLine = z.input<typeof ConsoleLine>;

/** Everything a terminal acts on but tabs and SGR colours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it takes out
const control = /[\u0000-\u0008\u000a-\u001a\u001c-\u001f\u007f-\u009f]|\u001b(?!\[[0-9;:]{0,64}m)/g;
const latestMs = Date.UTC(2200, 0);

/** The agent cleans its lines too; a hostile one does not get to write to terminals. */
export function toViewerLines(lines: readonly AgentLine[]): ViewerLine[] {
  let atMs = Number.NaN;
  let at = '';
  return lines.map((line) => {
    if (line.at !== atMs) {
      atMs = line.at;
      at = lineTime(atMs).toISOString();
    }
    return { seq: line.seq, at, stream: line.stream, text: cleanText(line.text) };
  });
}

export function cleanText(text: string): string {
  return text.replace(control, '');
}

/** When a line was written; now, when the agent says what cannot be. */
export function lineTime(atMs: number): Date {
  return new Date(atMs >= 0 && atMs < latestMs ? atMs : Date.now());
}
