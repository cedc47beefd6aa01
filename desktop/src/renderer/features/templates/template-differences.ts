/** Something that is not the same in two versions of a template, and what it was and is. */
export interface Difference {
  /** Where it stands: `variables.SEED.defaultValue`. */
  path: string;
  /** Absent where there was nothing. */
  before?: string;
  after?: string;
  /** The first line that is not the same, of a long text that is shown from there. */
  fromLine?: number;
}

/** The panel counts it with every change. */
const ofPanel = ['version'];

/** What changed between two documents, by path, in the order of the later one. */
export function templateDifferences(before: object, after: object): Difference[] {
  const old = new Map(leavesOf(before));
  const now = new Map(leavesOf(after));
  return [...new Set([...now.keys(), ...old.keys()])]
    .filter((path) => !ofPanel.includes(path) && old.get(path) !== now.get(path))
    .map((path) => difference(path, old.get(path), now.get(path)));
}

function difference(path: string, before: string | undefined, after: string | undefined): Difference {
  if (before === undefined || after === undefined) {
    return { path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
  }
  const trimmed = withoutCommonLines(before, after);
  return { path, ...trimmed };
}

/** Every value that is not made of others, as text. A list of named things goes by their names, and not by their places. */
function leavesOf(value: unknown, path = ''): [path: string, text: string][] {
  if (Array.isArray(value)) {
    const names = namesOf(value);
    if (names) return value.flatMap((item, index) => leavesOf(item, join(path, names[index] as string)));
    if (value.every(isPlain)) return [[path, value.length === 0 ? '[]' : value.map(textOf).join('\n')]];
    return value.flatMap((item, index) => leavesOf(item, join(path, String(index + 1))));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, item]) => leavesOf(item, join(path, name)));
  }
  return value === undefined ? [] : [[path, textOf(value)]];
}

function namesOf(items: unknown[]): string[] | null {
  const names = items.map((item) => (item as { name?: unknown } | null)?.name);
  const isNamed = items.length > 0 && names.every((name) => typeof name === 'string');
  return isNamed && new Set(names).size === names.length ? (names as string[]) : null;
}

const isPlain = (value: unknown) => typeof value !== 'object' || value === null;
const textOf = (value: unknown) => (typeof value === 'string' ? value : String(JSON.stringify(value)));
const join = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

/** Texts that are shown whole, whatever they share. */
const shortLines = 8;

function withoutCommonLines(before: string, after: string): Omit<Difference, 'path'> {
  const old = before.split('\n');
  const now = after.split('\n');
  if (Math.max(old.length, now.length) <= shortLines) return { before, after };
  const shorter = Math.min(old.length, now.length);
  let start = 0;
  while (start < shorter && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < shorter - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  return {
    before: old.slice(start, old.length - end).join('\n'),
    after: now.slice(start, now.length - end).join('\n'),
    fromLine: start + 1,
  };
}
