import { AppError } from '@catalyst/shared/contract/errors';
import type { RegistryLogin } from '@catalyst/shared/features/server-spec';
import { readBounded } from './bounded-body.ts';
import { RegistryFault } from './registry-fault.ts';
import type { RegistryRoute } from './registry-route.ts';
import type { RegistryTransport } from './registry-transport.ts';

const maxTokenBytes = 64 * 1024;

/** What a registry asks for when it answers 401. */
export type Challenge =
  | { kind: 'basic' }
  | { kind: 'bearer'; realm: string; service: string | null; scope: string | null };

/** Reads `WWW-Authenticate`; null when it asks for nothing we know. */
export function parseChallenge(header: string | undefined): Challenge | null {
  if (header === undefined) return null;
  const bearer = /(?:^|[\s,])bearer\s+(.*)$/is.exec(header)?.[1];
  if (bearer === undefined) return /(?:^|[\s,])basic(?:\s|$)/i.test(header) ? { kind: 'basic' } : null;
  const found = (name: string) => new RegExp(`(?:^|[\\s,])${name}="([^"]*)"`, 'i').exec(bearer)?.[1] ?? null;
  const realm = found('realm');
  return realm === null ? null : { kind: 'bearer', realm, service: found('service'), scope: found('scope') };
}

interface Asker {
  transport: RegistryTransport;
  route: RegistryRoute;
  repository: string;
  /** Of this registry, or null. */
  login: RegistryLogin | null;
}

/** What to say as `Authorization` after a challenge; null when there is nothing to say. */
export async function authorize(
  challenge: Challenge,
  asker: Asker,
  signal: AbortSignal,
): Promise<string | null> {
  const { transport, route, repository, login } = asker;
  const basic = login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
  if (challenge.kind === 'basic') return basic;
  const url = realmOf(challenge.realm, route.origin);
  if (challenge.service !== null) url.searchParams.set('service', challenge.service);
  url.searchParams.set('scope', challenge.scope ?? `repository:${repository}:pull`);
  const headers = { accept: 'application/json' };
  const answer = await transport.get(url, { route, headers, authorization: basic, signal });
  if (answer.status === 200) return `Bearer ${tokenIn(await readBounded(answer, maxTokenBytes), url)}`;
  answer.dismiss();
  if (answer.status === 429 || answer.status >= 500) {
    throw new RegistryFault(`${url.host} gives no token at the moment (${answer.status}).`);
  }
  return null;
}

/** The token's giver may be another host, which the registry names over its own secure connection. */
function realmOf(realm: string, origin: URL): URL {
  const url = URL.parse(realm);
  const isSafe =
    url?.protocol === 'https:' ||
    (url?.protocol === 'http:' && origin.protocol === 'http:' && url.hostname === origin.hostname);
  if (url && isSafe && url.username === '' && url.password === '') return url;
  throw new AppError(
    'unavailable',
    `The registry ${origin.host} wants the credentials to be sent where they are not safe.`,
  );
}

function tokenIn(bytes: Buffer, url: URL): string {
  try {
    const { token, access_token: accessToken } = JSON.parse(bytes.toString());
    const found = token ?? accessToken;
    if (typeof found === 'string' && /^[\x21-\x7e]+$/.test(found)) return found;
  } catch {}
  throw new AppError('unavailable', `${url.host} answers with something that is no token.`);
}
