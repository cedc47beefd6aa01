import { readFile } from 'node:fs/promises';
import { Id } from '@catalyst/shared/contract/values';
import { PublicKey } from '@catalyst/shared/features/agent-link';
import { StartError } from '@catalyst/shared/node/start-error';
import { writeFileAtomically } from '@catalyst/shared/node/write-file-atomically';
import { z } from 'zod';

/** SHA-256 of the DER form of a certificate's public key, in base64url. */
const TlsPin = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be a SHA-256 in base64url');

/** Only the loopback may do without TLS. */
const PanelUrl = z
  .url({ protocol: /^https?$/ })
  .refine((text) => URL.canParse(text) && (text.startsWith('https:') || isLoopback(new URL(text))), {
    error: 'must be https, except on this machine',
  });

/** How to reach the panel, and who it must prove to be. */
export const LinkState = z.object({
  panelUrl: PanelUrl,
  nodeId: Id,
  panelKey: PublicKey,
  /** Null when the panel's certificate is one that every client trusts. */
  tlsPin: TlsPin.nullable(),
  /** Admits an agent whose key the panel does not know yet. */
  secret: z.string().min(1).max(128).optional(),
});
export type LinkState = z.output<typeof LinkState>;

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

export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
