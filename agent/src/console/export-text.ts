import type { ConsoleHistory } from './console-history.ts';
import { stripColours } from './sanitise-line.ts';

/** The lines stored until now as plain text in small chunks: time (UTC), stream, line. */
export async function* exportText(history: ConsoleHistory): AsyncGenerator<string> {
  for await (const { lines } of history.lines(history.firstSeq, history.lastSeq + 1)) {
    yield lines
      .map(({ at, stream, text }) => `${new Date(at).toISOString()} [${stream}] ${stripColours(text)}\n`)
      .join('');
  }
}
