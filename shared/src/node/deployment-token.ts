import { Pairing } from '../features/agent-link.ts';
import { StartError } from './start-error.ts';

const prefix = 'ctl_';

/** The text a person copies; it holds no character that a shell or a terminal would change. */
export const toDeploymentToken = (pairing: Pairing): string =>
  prefix + Buffer.from(JSON.stringify(pairing)).toString('base64url');

/** What a deployment token says. Throws a StartError that tells what is wrong with it, without quoting it. */
export function parseDeploymentToken(token: string): Pairing {
  const text = token.trim();
  if (text === '') throw new StartError('No token was given. Copy it in the panel under Nodes.');
  if (!text.startsWith(prefix) || !/^[A-Za-z0-9_-]+$/.test(text)) {
    throw new StartError(
      'This is not a deployment token: it starts with ctl_ and has no spaces. Copy it again.',
    );
  }
  const parsed = Pairing.safeParse(decode(text.slice(prefix.length)));
  if (parsed.success) return parsed.data;
  const badUrl = parsed.error.issues.find(({ path, code }) => path[0] === 'panelUrl' && code === 'custom');
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
