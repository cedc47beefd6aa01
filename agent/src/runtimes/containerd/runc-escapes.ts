/** Ways that runc left open out of a container, and the first release of each line in which they are closed. */
const escapes = [
  { names: ['CVE-2024-21626'], closedIn: ['1.1.12'] },
  {
    names: ['CVE-2025-31133', 'CVE-2025-52565', 'CVE-2025-52881'],
    closedIn: ['1.2.8', '1.3.3', '1.4.0-rc.3'],
  },
];

/**
 * The names of those that are still open in a runc: by what `runc --version` prints and, as distributions close them
 * without a new release, by the changelog of the package it is of. None where the version cannot be read.
 */
export function openEscapes(versionText: string, changelog: string | null): string[] {
  const version = versionIn(versionText);
  if (!version) return [];
  const isOfPackage = changelog !== null && isSameRelease(versionIn(changelog), version);
  return escapes
    .filter(
      ({ closedIn }) =>
        !isClosed(
          version,
          closedIn.flatMap((text) => versionIn(text) ?? []),
        ),
    )
    .flatMap(({ names }) => names)
    .filter((name) => !isOfPackage || !changelog.includes(name));
}

interface Version {
  /** 1.3 as 1003. */
  line: number;
  patch: number;
  /** Of a candidate for the release, which comes before it. */
  candidate: number;
}

function versionIn(text: string): Version | null {
  const found = /(\d+)\.(\d+)\.(\d+)(?:[-~]rc\.?(\d+))?/.exec(text);
  if (!found) return null;
  const [major = 0, minor = 0, patch = 0] = found.slice(1, 4).map(Number);
  return { line: major * 1000 + minor, patch, candidate: Number(found[4] ?? Number.POSITIVE_INFINITY) };
}

function isSameRelease(one: Version | null, other: Version): boolean {
  return one?.line === other.line && one.patch === other.patch && one.candidate === other.candidate;
}

/** Lines after the last of these began with it closed; those before the first never got it. */
function isClosed(version: Version, closedIn: readonly Version[]): boolean {
  const first = closedIn.find(({ line }) => line === version.line);
  if (!first) return closedIn.every(({ line }) => version.line > line);
  return version.patch === first.patch ? version.candidate >= first.candidate : version.patch > first.patch;
}
