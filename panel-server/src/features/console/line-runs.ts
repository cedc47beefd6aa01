import type { AgentLine } from './console-text.ts';

/** Splits lines into runs without gaps, without what is at or before `afterSeq` and what is out of order. */
export function contiguousRuns(lines: readonly AgentLine[], afterSeq: number) {
  const runs: { gap: { fromSeq: number; toSeq: number } | null; lines: AgentLine[] }[] = [];
  let expected = afterSeq + 1;
  for (const line of lines) {
    if (line.seq < expected) continue;
    const run = runs.at(-1);
    if (run && line.seq === expected) run.lines.push(line);
    else {
      const gap = line.seq > expected ? { fromSeq: expected, toSeq: line.seq - 1 } : null;
      runs.push({ gap, lines: [line] });
    }
    expected = line.seq + 1;
  }
  return runs;
}

/** About what the lines take on the wire. */
export function sizeOf(lines: readonly AgentLine[]): number {
  let bytes = 0;
  for (const line of lines) bytes += line.text.length + 80;
  return bytes;
}
