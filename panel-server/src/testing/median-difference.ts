const fewestRounds = 25;

/**
 * By how many milliseconds the medians of two things differ that are done in turn, first one and then the other: what
 * else the machine does slows both. Goes on until they are within `withinMs`, or for 200 rounds: what differs for good
 * never is, and what does not gets there however busy the machine.
 */
export async function medianDifference(
  one: (round: number) => Promise<unknown>,
  other: (round: number) => Promise<unknown>,
  withinMs: number,
): Promise<number> {
  const differences: number[] = [];
  for (let round = 0; round < 200; round++) {
    const isFirst = round % 2 === 0;
    const first = await timed(() => (isFirst ? one(round) : other(round)));
    const second = await timed(() => (isFirst ? other(round) : one(round)));
    differences.push(isFirst ? first - second : second - first);
    if (round >= fewestRounds && Math.abs(median(differences)) < withinMs) break;
  }
  return Math.abs(median(differences));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
