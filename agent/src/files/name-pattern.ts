import { AppError } from '@catalyst/shared/contract/errors';

const longestPattern = 255;

/**
 * Whether a name has this part, or, with a `*` or `?` in it, is as a whole like this. Not by a regular expression: a
 * pattern with many stars would keep one busy for ever.
 */
export function namePattern(pattern: string, isCaseSensitive: boolean): (name: Buffer) => boolean {
  if (pattern.length === 0 || pattern.length > longestPattern || pattern.includes('/')) {
    throw new AppError(
      'bad_request',
      `A name to search for has 1 to ${longestPattern} characters and no slash`,
    );
  }
  const folded = (text: string) => (isCaseSensitive ? text : text.toLowerCase());
  const wanted = folded(pattern);
  const matches = /[*?]/.test(wanted)
    ? (name: string) => isLike([...name], [...wanted])
    : (name: string) => name.includes(wanted);
  return (name) => matches(folded(name.toString('utf8')));
}

/** On a mismatch only the last star takes one more: those before it never need to. */
function isLike(name: readonly string[], pattern: readonly string[]): boolean {
  let at = 0;
  let wanted = 0;
  let star = -1;
  let afterStar = 0;
  while (at < name.length) {
    if (pattern[wanted] === '*') {
      star = wanted;
      afterStar = at;
      wanted += 1;
    } else if (pattern[wanted] === '?' || pattern[wanted] === name[at]) {
      at += 1;
      wanted += 1;
    } else if (star >= 0) {
      wanted = star + 1;
      afterStar += 1;
      at = afterStar;
    } else return false;
  }
  while (pattern[wanted] === '*') wanted += 1;
  return wanted === pattern.length;
}
