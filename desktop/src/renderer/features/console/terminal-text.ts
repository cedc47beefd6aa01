import type { ConsoleLine } from '@catalyst/shared/features/console';
import { type Entry, isGap } from './console-log.ts';
import { strings } from './strings.ts';

const reset = '\x1b[0m';
const dim = '\x1b[2m';

/** What goes before a line's own text, so that its stream can be told without a column for it. */
const marks: Record<ConsoleLine['stream'], string> = {
  stdout: '',
  stderr: '',
  stdin: '\x1b[34m> ',
  system: '\x1b[36m',
  install: '\x1b[2m',
};

const lineBreak = '\r\n';

/** Entries as the terminal shows them. Breaks are between lines, so that no empty row follows the last. */
export function terminalText(
  entries: readonly Entry[],
  { showTimes, isContinued }: { showTimes: boolean; isContinued: boolean },
): string {
  const lines = entries.map((entry) =>
    isGap(entry) ? gapText(entry.toSeq - entry.fromSeq + 1) : lineText(entry, showTimes),
  );
  return (isContinued && lines.length > 0 ? lineBreak : '') + lines.join(lineBreak);
}

/** One line as plain text, for the clipboard and for screen readers. */
export function plainText(line: ConsoleLine): string {
  return safeText(line.text).replace(sgr, '');
}

function lineText(line: ConsoleLine, showTimes: boolean): string {
  const time = showTimes ? `${dim}${clockTime(line.at)} ${reset}` : '';
  return `${time}${marks[line.stream]}${safeText(line.text)}${reset}`;
}

const gapText = (count: number) => `\x1b[33m── ${strings.gapInTerminal(count)} ──${reset}`;

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const sgr = /\x1b\[[0-9;:]*m/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const unsafe = /(\x1b\[[0-9;:]*m)|[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]/g;

/** Colours pass; whatever else could steer the terminal does not, though the node should have seen to that. */
export function safeText(text: string): string {
  return text.replace(unsafe, (_, colour: string | undefined) => colour ?? '');
}

const twoDigits = (value: number) => String(value).padStart(2, '0');
const clockTime = (at: Date) =>
  `${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}:${twoDigits(at.getSeconds())}`;
