import { StartError } from '@catalyst/shared/node/start-error';
import { LinkState } from './link-state.ts';

const prefix = 'ctl_';

/** What a deployment token says. Throws a StartError that tells what is wrong with it, without quoting it. */
export function parseLinkToken(token: string): LinkState & { secret: string } {
  const text = token.trim();
  if (text === '') throw new StartError('No token was given. Copy it in the panel under Nodes.');
  if (!text.startsWith(prefix) || !/^[A-Za-z0-9_-]+$/.test(text)) {
    throw new StartError(
      'This is not a deployment token: it starts with ctl_ and has no spaces. Copy it again.',
    );
  }
  const content = decode(text.slice(prefix.length));
  const parsed = LinkState.required({ secret: true }).safeParse(
    typeof content === 'object' && content !== null
      ? { ...content, panelUrl: (content as { url?: unknown }).url }
      : content,
  );
  if (parsed.success) return parsed.data;
  const badUrl = parsed.error.issues.find(({ path }) => path[0] === 'panelUrl');
  if (badUrl) throw new StartError(`The address of the panel in this token ${badUrl.message}.`);
  throw new StartError('This deployment token is incomplete. Copy the whole of it.');
}

function decode(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
