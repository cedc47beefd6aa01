import { AppError } from '@catalyst/shared/contract/errors';
import { canonicalRegistry } from '@catalyst/shared/features/registry-names';
import type { TrustedRegistry } from '@catalyst/shared/features/server-spec';

/** The name of an image, taken apart. Two spellings of one name come out the same. */
export interface ImageName {
  /** Whole and canonical, as containerd keeps it: `docker.io/library/alpine:latest`. */
  readonly reference: string;
  /** Host and port of the registry as people write it: `docker.io`, `registry.example.com:5000`. */
  readonly registry: string;
  /** Path within the registry: `library/alpine`. */
  readonly repository: string;
  /** What to ask the registry for: the digest when there is one, else the tag. */
  readonly version: string;
  /** Given in the name; then no other content may come. */
  readonly digest: string | null;
}

const dockerHub = 'docker.io';

const hostPattern = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::[0-9]{1,5})?$/;
const pathPartPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
export const digestPattern = /^sha256:[0-9a-f]{64}$/;

/** Throws `invalid_input` for whatever is not, beyond doubt, the name of one image in one registry. */
export function parseImageName(text: string): ImageName {
  if (text.length > 500) throw refusal(text, 'it is too long');
  const [beforeDigest = '', digest, ...more] = text.split('@');
  if (more.length > 0 || (digest !== undefined && !digestPattern.test(digest))) {
    throw refusal(text, 'what follows @ must be sha256: and 64 hexadecimal digits');
  }
  const { registry, path } = splitRegistry(beforeDigest);
  if (!isHost(registry)) throw refusal(text, 'its registry is not a host name');
  const [repositoryPath = '', tag, ...rest] = path.split(':');
  if (rest.length > 0 || (tag !== undefined && !tagPattern.test(tag))) {
    throw refusal(text, 'its tag is not one');
  }
  const repository =
    registry === dockerHub && !repositoryPath.includes('/') ? `library/${repositoryPath}` : repositoryPath;
  if (repository.length > 255 || !repository.split('/').every((part) => pathPartPattern.test(part))) {
    throw refusal(text, 'its path may have small letters, digits, single dots, dashes and underscores only');
  }
  const shownTag = tag ?? (digest === undefined ? 'latest' : undefined);
  return {
    reference: `${registry}/${repository}${shownTag ? `:${shownTag}` : ''}${digest ? `@${digest}` : ''}`,
    registry,
    repository,
    version: digest ?? shownTag ?? 'latest',
    digest: digest ?? null,
  };
}

/** Where the API of a registry is. */
export function apiHost(registry: string): string {
  return registry === dockerHub ? 'registry-1.docker.io' : registry;
}

/** What is known of just this registry: same host, same port; a name that merely begins alike gets nothing. */
export function trustIn(registry: string, trusted: readonly TrustedRegistry[]): TrustedRegistry | null {
  return trusted.find(({ host }) => canonicalRegistry(host) === registry) ?? null;
}

/** The first part is a registry when it cannot be part of a path: with a dot, a port, or the name of this machine. */
function splitRegistry(text: string): { registry: string; path: string } {
  const slash = text.indexOf('/');
  const first = slash < 0 ? '' : text.slice(0, slash);
  const isRegistry = first === 'localhost' || /[.:A-Z]/.test(first);
  return isRegistry
    ? { registry: canonicalRegistry(first), path: text.slice(slash + 1) }
    : { registry: dockerHub, path: text };
}

/** Refuses also what an URL would read as another host (`0x7f.1`, `2130706433`). */
function isHost(registry: string): boolean {
  if (registry.length > 255 || !hostPattern.test(registry)) return false;
  const url = URL.parse(`http://${registry}/`);
  const [name, port] = registry.split(':');
  return url !== null && url.hostname === name && (port === undefined || url.port === port || port === '80');
}

function refusal(text: string, reason: string): AppError {
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return new AppError('invalid_input', `"${shown}" is not the name of an image: ${reason}.`);
}
