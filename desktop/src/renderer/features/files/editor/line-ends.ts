export type LineEnds = 'lf' | 'crlf' | 'mixed';

/** How the lines of a text end. A carriage return that ends no line, or only some, makes it mixed. */
export function lineEndsOf(text: string): LineEnds {
  const returns = text.split('\r').length - 1;
  if (returns === 0) return 'lf';
  const pairs = text.split('\r\n').length - 1;
  const feeds = text.split('\n').length - 1;
  return returns === pairs && feeds === pairs ? 'crlf' : 'mixed';
}

/** What the editor splits at and joins with. In a mixed text the returns stay what they are: characters. */
export const separatorOf = (ends: LineEnds): string => (ends === 'crlf' ? '\r\n' : '\n');
