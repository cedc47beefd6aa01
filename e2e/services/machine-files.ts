import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TarEntry } from './tar.ts';

/** What a container gets mounted at. */
export const emptyFolders = ['dev/', 'proc/', 'sys/', 'run/', 'tmp/', 'etc/'].map(
  (name): TarEntry => ({ name, type: 'directory' }),
);

/** The libraries that a program of this machine loads. */
export function librariesOf(path: string): string[] {
  const listing = execFileSync('ldd', [path], { encoding: 'utf8' });
  return [...listing.matchAll(/(?:=> |^\s)(\/\S+) \(0x/gm)].map(([, library = '']) => library);
}

/** Files of this machine, each where it is here or at the place that is given for it, after the folders they lie in. */
export function machineFiles(
  paths: readonly string[],
  places: Readonly<Record<string, string>> = {},
): TarEntry[] {
  const files = paths.filter(existsSync).map((path) => ({ path, place: places[path] ?? path }));
  const folders = new Set(files.flatMap(({ place }) => parentsOf(place)));
  return [
    ...[...folders].sort().map((path): TarEntry => ({ name: `${path.slice(1)}/`, type: 'directory' })),
    ...files.map(
      ({ path, place }): TarEntry => ({
        name: place.slice(1),
        type: 'file',
        mode: statSync(path).mode & 0o777,
        content: readFileSync(path),
      }),
    ),
  ];
}

function parentsOf(path: string): string[] {
  const parent = dirname(path);
  return parent === '/' ? [] : [...parentsOf(parent), parent];
}
