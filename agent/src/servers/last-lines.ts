import { mostLastLines } from '@catalyst/shared/features/agent-link';
import { stripColours } from '../console/sanitise-line.ts';
import type { ServerParts } from './server-parts.ts';

const readLines = 50;
const mostCharacters = 300;

/** What a game that has ended printed last in this run, without colours; nothing where that cannot be read any more. */
export async function lastLinesOf({
  console,
  file,
}: Pick<ServerParts, 'console' | 'file'>): Promise<string[]> {
  const seqBefore = file.record.run?.seqBefore ?? 0;
  // An end must be told also where the disk does not answer.
  const { lines } = await console.read({ limit: readLines }).catch(() => ({ lines: [] }));
  return lines
    .filter(({ seq, stream }) => seq > seqBefore && (stream === 'stdout' || stream === 'stderr'))
    .map(({ text }) => stripColours(text).trim().slice(0, mostCharacters))
    .filter((text) => text !== '')
    .slice(-mostLastLines);
}
