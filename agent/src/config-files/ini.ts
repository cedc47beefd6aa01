import { newValue, plainText, type Rewrite } from './config-edit.ts';
import { joinLines, lineEnding, splitLines, type TextLine } from './text-lines.ts';

interface Place {
  /** Empty for what stands before the first section. */
  section: string;
  key: string;
}

/**
 * A place is `section.key`; brackets protect the dots of a section. Written as `key = value`. All other lines stay,
 * keys that come several times in a section are all set.
 */
export const rewriteIni: Rewrite = (text, edits, skip) => {
  const ending = lineEnding(text);
  const lines = splitLines(text);
  for (const edit of edits) {
    const place = toPlace(edit.place);
    if (/[\r\n]/.test(place.key + place.section) || place.key === '') {
      skip(edit.place, 'this is no place of an ini file');
      continue;
    }
    const { found, end } = findKey(lines, place);
    const value = newValue(edit, found.at(-1)?.value);
    if (value === undefined) continue;
    const words = plainText(value);
    if (/[\r\n]/.test(words)) {
      skip(edit.place, 'its value has several lines, which an ini file cannot hold');
      continue;
    }
    const written = `${place.key} = ${words}`.trimEnd();
    for (const { line } of found) line.text = written;
    if (found.length === 0) insert(lines, place, written, end, ending);
  }
  return joinLines(lines);
};

/** The first dot outside brackets divides; the brackets themselves do not count. */
function toPlace(place: string): Place {
  let depth = 0;
  for (const [index, letter] of [...place].entries()) {
    if (letter === '[') depth += 1;
    if (letter === ']') depth -= 1;
    if (letter !== '.' || depth > 0) continue;
    const before = [...place].slice(0, index).join('');
    const after = [...place].slice(index + 1).join('');
    return { section: withoutBrackets(before), key: withoutBrackets(after) };
  }
  return { section: '', key: withoutBrackets(place) };
}

const withoutBrackets = (text: string) => text.replace(/[[\]]/g, '');

/** The lines of a key, and where its section ends; null when there is no such section. */
function findKey(lines: readonly TextLine[], { section, key }: Place) {
  const found: { line: TextLine; value: string }[] = [];
  let current = '';
  let end: number | null = section === '' ? 0 : null;
  for (const [index, line] of lines.entries()) {
    const header = /^\s*\[(.*)\]\s*(?:[;#].*)?$/.exec(line.text);
    if (header) current = (header[1] as string).trim();
    if (current !== section) continue;
    if (line.text.trim() !== '') end = index + 1;
    const pair =
      header || /^\s*[;#]/.test(line.text) ? null : /^\s*([^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(line.text);
    if (pair?.[1] === key) found.push({ line, value: pair[2] as string });
  }
  return { found, end };
}

function insert(lines: TextLine[], { section }: Place, written: string, end: number | null, ending: string) {
  const last = lines.at(-1);
  if (last?.ending === '') last.ending = ending;
  if (end !== null) {
    lines.splice(end, 0, { text: written, ending });
    return;
  }
  if (last && last.text.trim() !== '') lines.push({ text: '', ending });
  lines.push({ text: `[${section}]`, ending }, { text: written, ending });
}
