import { compilePattern } from '@catalyst/shared/features/variable-rules';

/**
 * Refuses patterns that can take exponential time: back-references, and repetition of a group that itself repeats or
 * chooses (`(a+)+`, `(a|a)*`). What is left takes polynomial time, on at most
 * `maxMatchedLength` characters.
 */
export function assertSafePattern(pattern: string): void {
  compilePattern(pattern);
  const groups: { isRisky: boolean }[] = [{ isRisky: false }];
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at];
    const group = groups.at(-1) as { isRisky: boolean };
    if (character === '\\') {
      at += 1;
      if (/[1-9k]/.test(pattern[at] ?? '')) throw new Error(`Back-references are not allowed: ${pattern}`);
    } else if (character === '[') {
      at = endOfClass(pattern, at);
    } else if (character === '(') {
      groups.push({ isRisky: false });
    } else if (character === '|') {
      group.isRisky = true;
    } else if (character === ')') {
      groups.pop();
      const outer = groups.at(-1) as { isRisky: boolean };
      const isRepeated = repeats(pattern, at + 1);
      if (isRepeated && group.isRisky) throw new Error(`The pattern can take too long: ${pattern}`);
      if (isRepeated || group.isRisky) outer.isRisky = true;
    } else if (repeats(pattern, at)) {
      group.isRisky = true;
    }
  }
}

/** Whether what stands here repeats more than once; `?` and `{0,1}` do not. */
function repeats(pattern: string, at: number): boolean {
  return /^(?:[*+]|\{(?!0?,?1?\}))/.test(pattern.slice(at, at + 12));
}

function endOfClass(pattern: string, start: number): number {
  let at = start + 1;
  while (at < pattern.length && pattern[at] !== ']') at += pattern[at] === '\\' ? 2 : 1;
  return at;
}
