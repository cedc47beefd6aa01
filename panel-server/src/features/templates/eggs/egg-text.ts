/** Text from a file as our fields want it: without control characters, and no longer than fits. */
export function onOneLine(text: string, maxLength: number, otherwise: string): string {
  const line = text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/\p{Bidi_Control}/gu, '')
    .trim();
  const isVisible = /[^\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u.test(line);
  return isVisible ? cut(line, maxLength) : otherwise.slice(0, maxLength);
}

export function onSeveralLines(text: string, maxLength: number): string {
  const clean = withLineFeeds(text.toWellFormed()).replace(/[^\P{Cc}\n\t]/gu, '');
  return cut(clean, maxLength);
}

export const withLineFeeds = (text: string) => text.replace(/\r\n?/g, '\n');

function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  // Half a character may be left at the end.
  return `${text
    .slice(0, maxLength - 1)
    .replace(/[\ud800-\udbff]$/, '')
    .trimEnd()}…`;
}
