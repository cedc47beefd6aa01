import { type ConfigEdit, newValue, plainText, type Rewrite } from './config-edit.ts';
import { joinLines, splitLines, withLineEnding } from './text-lines.ts';

/**
 * A line that begins with a place becomes the value as a whole, by the longest place that fits; a line that is not there
 * is not added. Lines end with LF afterwards, as the eggs expect. An old value is the whole line.
 */
export const rewriteLines: Rewrite = (text, edits) => {
  const byLength = [...edits].sort((left, right) => right.place.length - left.place.length);
  const lines = splitLines(text).map((line) => ({
    text: newLine(byLength, line.text),
    ending: line.ending === '' ? '' : '\n',
  }));
  return joinLines(lines);
};

function newLine(edits: readonly ConfigEdit[], line: string): string {
  const edit = edits.find(({ place }) => line.startsWith(place));
  const value = edit && newValue(edit, line);
  return value === undefined ? line : withLineEnding(plainText(value), '\n');
}
