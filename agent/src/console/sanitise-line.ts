const ESC = '\\x1b';
/** C0 but tab, DEL, C1. */
const CONTROL = '[\\x00-\\x08\\x0a-\\x1f\\x7f-\\x9f]';
const unsafe = new RegExp(CONTROL);
/**
 * A command prompt (`> `) that the line overwrites, by a move to the first column. Only punctuation at the very start
 * counts: anything longer could be text that the move is meant to hide.
 */
const overwrittenPrompt = new RegExp(`^[>$#:/ ]{1,4}${ESC}\\[[01]?G`);
const colours = new RegExp(`${ESC}\\[[\\d;:]*m`, 'g');

// Linear for any input: no alternative but the third can fail after a long run, and its run holds no introducer.
const sequences = new RegExp(
  [
    `(${ESC}\\[[\\d;:]{0,64}m)`, // SGR of a sane length: the only thing kept
    `(?:${ESC}\\[|\\x9b)[0-?]*[ -/]*[@-~]?`, // every other CSI, finished or not
    `(?:${ESC}[\\]PX^_]|[\\x90\\x98\\x9d-\\x9f])[^\\x07\\x18\\x1a\\x1b\\x80-\\x9f]*(?:\\x07|${ESC}\\\\|\\x9c)`, // OSC, DCS, SOS, PM, APC
    `${ESC}[ -/]*[0-~]?`, // any other escape; of an unfinished string only its introducer, so that no text can be hidden
    CONTROL,
  ].join('|'),
  'g',
);

/**
 * What may be shown and stored of one line of untrusted output: text, tabs and colours. A line that was overwritten
 * with carriage returns (a progress bar) is its last part that shows anything.
 */
export function sanitiseLine(raw: string): string {
  if (!unsafe.test(raw)) return raw;
  const text = raw.replace(overwrittenPrompt, '');
  if (!text.includes('\r')) return keepColours(text);
  const parts = text.split('\r');
  for (let index = parts.length - 1; index >= 0; index--) {
    const part = keepColours(parts[index] as string);
    if (stripColours(part).trim() !== '') return part;
  }
  return '';
}

/** Removes SGR from a sanitised line. */
export function stripColours(text: string): string {
  return text.includes('\x1b') ? text.replace(colours, '') : text;
}

function keepColours(text: string): string {
  return text.replace(sequences, '$1');
}
