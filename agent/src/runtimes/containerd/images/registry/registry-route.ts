import { AppError } from '@catalyst/shared/contract/errors';
import { isLoopbackRegistry } from '@catalyst/shared/features/registry-names';
import type { TrustedRegistry } from '@catalyst/shared/features/server-spec';

/** How one registry is reached. */
export interface RegistryRoute {
  /** As in the names of images. */
  readonly host: string;
  readonly origin: URL;
  /** Whether it may be in a private network. That goes for this origin, and for nothing it sends us to. */
  readonly isTrusted: boolean;
}

/** Where the API of a registry is, and what is to be minded on the way. */
export function routeTo(host: string, apiHost: string, trusted: TrustedRegistry | null): RegistryRoute {
  const isPlain = trusted?.plainHttp || isLoopbackRegistry(apiHost);
  return { host, origin: new URL(`${isPlain ? 'http' : 'https'}://${apiHost}`), isTrusted: trusted !== null };
}

export const isTrustedHop = (url: URL, { origin, isTrusted }: RegistryRoute) =>
  isTrusted && url.origin === origin.origin;

/** Where a redirection leads. Throws `unavailable` when that is nowhere for secrets or images. */
export function redirection(location: string, from: URL, route: RegistryRoute): URL {
  const url = URL.parse(location, from.href);
  const isAllowed =
    url !== null &&
    url.username === '' &&
    url.password === '' &&
    (url.protocol === 'https:' ||
      (url.protocol === 'http:' &&
        from.protocol === 'http:' &&
        (isTrustedHop(url, route) || isLoopbackRegistry(url.host))));
  if (isAllowed) return url;
  throw new AppError(
    'unavailable',
    `The registry ${from.host} sends us to an address that is not safe to use.`,
  );
}

/** Says of an address that it is not connected to, and what an admin can do about it. */
export function refusal(url: URL, { host, origin, isTrusted }: RegistryRoute, cause: unknown): AppError {
  const isRegistry = url.origin === origin.origin;
  const who = isRegistry ? `${host} is` : `The registry ${host} sends us to ${url.host}, which is`;
  const ways =
    isRegistry && !isTrusted
      ? `Add the registry ${host} under Settings → Registries, or its network`
      : 'Add its network';
  const sentence = `${who} not on the public internet. ${ways} to CATALYST_REGISTRY_NETWORKS on this node.`;
  return new AppError('invalid_input', sentence, { cause });
}
