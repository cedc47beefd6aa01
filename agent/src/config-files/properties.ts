import { newValue, plainText, type Rewrite } from './config-edit.ts';
import { joinLines, lineEnding, splitLines, type TextLine } from './text-lines.ts';

interface Property {
  key: string;
  value: string;
}

/**
 * Java's format: a place is a key, written as `key=value` with whatever is not ASCII escaped. All other lines stay as
 * they are, and so does a key's place.
 */
export const rewriteProperties: Rewrite = (text, edits) => {
  const ending = lineEnding(text);
  const lines = logicalLines(text).map((line) => ({ ...line, property: readProperty(line.text) }));
  for (const edit of edits) {
    const found = lines.filter(({ property }) => property?.key === edit.place);
    // The last of several is the one that Java takes.
    const value = newValue(edit, found.at(-1)?.property?.value);
    if (value === undefined) continue;
    const property = { key: edit.place, value: plainText(value) };
    for (const line of found) Object.assign(line, { text: write(property), property });
    if (found.length > 0) continue;
    const last = lines.at(-1);
    if (last?.ending === '') last.ending = ending;
    lines.push({ text: write(property), ending, property });
  }
  return joinLines(lines);
};

/** A line that ends with an odd number of backslashes goes on in the next one. */
function logicalLines(text: string): TextLine[] {
  const lines: TextLine[] = [];
  let isOpen = false;
  for (const line of splitLines(text)) {
    const before = lines.at(-1);
    const isComment: boolean = !isOpen && /^[ \t\f]*[#!]/.test(line.text);
    if (isOpen && before) {
      before.text += before.ending + line.text;
      before.ending = line.ending;
    } else lines.push({ ...line });
    isOpen = !isComment && (/\\*$/.exec(line.text)?.[0].length ?? 0) % 2 === 1;
  }
  return lines;
}

function readProperty(line: string): Property | null {
  const text = line.replace(/\\(?:\r\n|\n|\r)[ \t\f]*/g, '').replace(/^[ \t\f]+/, '');
  if (text === '' || text[0] === '#' || text[0] === '!') return null;
  let end = 0;
  while (end < text.length && !'=: \t\f'.includes(text[end] as string)) end += text[end] === '\\' ? 2 : 1;
  const value = text.slice(end).replace(/^[ \t\f]*[=:]?[ \t\f]*/, '');
  return { key: withoutEscapes(text.slice(0, end)), value: withoutEscapes(value) };
}

function withoutEscapes(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.?))/gs, (_, code?: string, letter = '') => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    return letters[letter] ?? letter;
  });
}

function write({ key, value }: Property): string {
  const escapedKey = withEscapes(key).replace(/[ =:]|^[#!]/g, '\\$&');
  return `${escapedKey}=${withEscapes(value).replace(/^ /, '\\ ')}`;
}

function withEscapes(text: string): string {
  return text
    .replace(/[\\\n\r\t\f]/g, (letter) => (letter === '\\' ? '\\\\' : `\\${names[letter]}`))
    .replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`);
}

const letters: Record<string, string> = { n: '\n', r: '\r', t: '\t', f: '\f' };
const names: Record<string, string> = { '\n': 'n', '\r': 'r', '\t': 't', '\f': 'f' };
