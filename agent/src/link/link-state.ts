import { readFile } from 'node:fs/promises';
import { LinkState } from '@catalyst/shared/features/agent-link';
import { StartError } from '@catalyst/shared/node/start-error';
import { writeFileAtomically } from '@catalyst/shared/node/write-file-atomically';

/** Null while this agent is linked to no panel. Throws a StartError for a file that makes no sense. */
export async function readLinkState(path: string): Promise<LinkState | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new StartError(`The link file ${path} cannot be read: ${(error as Error).message}`);
  }
  const parsed = LinkState.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new StartError(
    `The link file ${path} is damaged (${issue?.path.join('.')}: ${issue?.message}); link this agent again.`,
  );
}

export async function writeLinkState(path: string, { secret: _used, ...state }: LinkState): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify(state)}\n`, { keepPrevious: true });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
