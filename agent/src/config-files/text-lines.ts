/** A line of a text and what ended it; the last one has no ending when the text does not end with a line break. */
export interface TextLine {
  text: string;
  ending: string;
}

export function splitLines(text: string): TextLine[] {
  const lines: TextLine[] = [];
  for (const [, line = '', ending = ''] of text.matchAll(/([^\r\n]*)(\r\n|\n|\r|$)/g)) {
    if (line !== '' || ending !== '') lines.push({ text: line, ending });
  }
  return lines;
}

export function joinLines(lines: readonly TextLine[]): string {
  return lines.map(({ text, ending }) => text + ending).join('');
}

/** How this text ends its lines. */
export function lineEnding(text: string): string {
  return /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
}

/** The same text with other line endings. */
export function withLineEnding(text: string, ending: string): string {
  return text.replace(/\r\n|\n|\r/g, ending);
}
