import { readdirSync, readFileSync } from 'node:fs';

/**
 * Descriptors the agent got from whoever started it and that would pass on to every game, with whatever is behind them.
 * Node closes its own in a child, and of the inherited ones those up to the first gap; these are the others.
 */
function inheritedDescriptors(): readonly number[] {
  known ??=
    process.platform === 'linux'
      ? readdirSync('/proc/self/fd')
          .map(Number)
          .filter(isPassedOn)
          .sort((a, b) => a - b)
      : [];
  return known;
}

/** Puts `harmless` in the place of each of them; the entries of `stdio` are kept. */
export function coverInherited<T>(stdio: T[], harmless: T): (T | 'ignore')[] {
  const covered: (T | 'ignore')[] = [...stdio];
  for (const descriptor of inheritedDescriptors()) {
    while (covered.length < descriptor) covered.push('ignore');
    if (covered.length === descriptor) covered.push(harmless);
  }
  return covered;
}

let known: readonly number[] | undefined;

const closeOnExec = 0o2000000;
// Beyond this the list of descriptors to hand over would cost more than it is worth; nobody passes such numbers on.
const highest = 1023;

function isPassedOn(descriptor: number): boolean {
  if (descriptor <= 2 || descriptor > highest) return false;
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))?.[1];
    return (Number.parseInt(flags ?? '0', 8) & closeOnExec) === 0;
  } catch {
    return false;
  }
}
