/** Port numbers from one to another, both among them. */
export interface PortRange {
  from: number;
  to: number;
}

/** Below are those that only the machine's own services may have. */
const lowestPort = 1024;
const highestPort = 65_535;

/**
 * Reads `25565-25600, 27015`: in order, with those that meet or touch made one. Throws a RangeError whose message is the
 * end of a sentence about the text.
 */
export function parsePortRanges(text: string): PortRange[] {
  const parts = text
    .split(/[,;\s]+/)
    .map((part) => part.trim())
    .filter(Boolean);
  if (parts.length === 0) throw new RangeError('must name ports, such as 25565-25600, 27015');
  return merged(parts.map(parsePart));
}

export function writePortRanges(ranges: readonly PortRange[]): string {
  return ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}

export const isInRanges = (port: number, ranges: readonly PortRange[]) =>
  ranges.some(({ from, to }) => port >= from && port <= to);

export const countPorts = (ranges: readonly PortRange[]) =>
  ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);

/** The ports that are in both. */
export function sharedPorts(ones: readonly PortRange[], others: readonly PortRange[]): PortRange[] {
  const shared = ones.flatMap((one) =>
    others.map((other) => ({ from: Math.max(one.from, other.from), to: Math.min(one.to, other.to) })),
  );
  return shared.filter(({ from, to }) => from <= to);
}

function parsePart(part: string): PortRange {
  const [, first = '', last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part) ?? [];
  if (first === '') throw new RangeError(`has "${part}", which is no port and no range such as 25565-25600`);
  const [from, to] = [Number(first), Number(last)];
  for (const port of [from, to]) {
    if (port < lowestPort || port > highestPort) {
      throw new RangeError(`has ${port}; ports of servers are between ${lowestPort} and ${highestPort}`);
    }
  }
  if (from > to) throw new RangeError(`has ${part}, which ends before it begins`);
  return { from, to };
}

function merged(ranges: PortRange[]): PortRange[] {
  const inOrder = ranges.toSorted((one, other) => one.from - other.from);
  const result: PortRange[] = [];
  for (const { from, to } of inOrder) {
    const last = result.at(-1);
    if (last && from <= last.to + 1) last.to = Math.max(last.to, to);
    else result.push({ from, to });
  }
  return result;
}
