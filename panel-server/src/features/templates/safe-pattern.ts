import { compileCheck } from '@catalyst/shared/features/rule-checks';
import { compilePattern, maxMatchedLength } from '@catalyst/shared/features/variable-rules';

/** Binary logarithm of the ways in which a match may be tried: tenths of a second in the worst case. */
const maxChoiceBits = 24;

/**
 * Refuses patterns that can take too long: back-references; repetition of a group that itself repeats or chooses
 * (`(a+)+`, `(a|a)*`), which takes exponential time; and more choices beside each other (`a*a*a*a*`, `a?a?a?…`) than can be
 * tried on `maxMatchedLength` characters.
 */
export function assertSafePattern(pattern: string): void {
  compilePattern(pattern);
  const fail = (): never => {
    throw new Error(`The pattern can take too long: ${pattern}`);
  };
  // The whole pattern is a group, too.
  const groups = [{ isRisky: false, alternatives: 1 }];
  let choiceBits = 0;
  for (let at = 0; at <= pattern.length; at += 1) {
    const character = pattern[at] ?? ')';
    const group = groups.at(-1) as (typeof groups)[number];
    const repetition = repetitionAt(pattern, at);
    if (character === '\\') {
      at += 1;
      if (/[1-9k]/.test(pattern[at] ?? '')) throw new Error(`Back-references are not allowed: ${pattern}`);
    } else if (character === '[') {
      at = endOfClass(pattern, at);
    } else if (character === '(') {
      groups.push({ isRisky: false, alternatives: 1 });
      // What follows is the kind of the group and no repetition.
      if (pattern[at + 1] === '?') at += 1;
    } else if (character === '|') {
      group.isRisky = true;
      group.alternatives += 1;
    } else if (character === ')') {
      groups.pop();
      choiceBits += Math.log2(group.alternatives);
      const isRepeated = (repetitionAt(pattern, at + 1)?.mostTimes ?? 1) > 1;
      if (isRepeated && group.isRisky) fail();
      const outer = groups.at(-1);
      if (outer && (isRepeated || group.isRisky)) outer.isRisky = true;
    } else if (repetition) {
      const { leastTimes, mostTimes, length } = repetition;
      choiceBits += Math.log2(Math.max(1, mostTimes - leastTimes + 1));
      if (mostTimes > 1) group.isRisky = true;
      at += length - 1;
    }
    if (choiceBits > maxChoiceBits) fail();
  }
}

/** The same for a pattern that is looked for: one that may start anywhere is tried at every place. */
export function assertSafeSearch(check: { pattern: string; ignoreCase: boolean }): void {
  const { pattern } = check;
  const isAnchored = pattern.startsWith('^') && !pattern.includes('|');
  assertSafePattern(isAnchored ? pattern : `[^]{0,256}(?:${pattern})`);
  compileCheck(check);
}

/** The repetition that stands here, greedy or lazy; null when none does. */
function repetitionAt(pattern: string, at: number) {
  const found = /^(?<sign>[*+?]|\{(?<least>\d+)(?<comma>,?)(?<most>\d*)\})\??/.exec(
    pattern.slice(at, at + 20),
  );
  if (!found) return null;
  const { sign, least, comma, most } = found.groups as Record<string, string | undefined>;
  const leastTimes = least === undefined ? Number(sign === '+') : Number(least);
  const longest = most || (least !== undefined && !comma ? least : sign === '?' ? 1 : maxMatchedLength);
  return { leastTimes, mostTimes: Math.min(Number(longest), maxMatchedLength), length: found[0].length };
}

function endOfClass(pattern: string, start: number): number {
  let at = start + 1;
  while (at < pattern.length && pattern[at] !== ']') at += pattern[at] === '\\' ? 2 : 1;
  return at;
}
