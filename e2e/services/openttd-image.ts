import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildImage, type OciImage } from './oci-image.ts';
import type { TarEntry } from './tar.ts';

const program = '/usr/games/openttd';
const data = '/usr/share/games/openttd';
const graphics = join(data, 'baseset', 'opengfx', 'opengfx.obg');

/**
 * This machine's OpenTTD with the libraries and data it needs, and nothing else; undefined, with a printed reason, when
 * it is not installed.
 */
export function openttdImage(): OciImage | undefined {
  if (!existsSync(program) || !existsSync(graphics)) {
    console.warn('Skipped: OpenTTD in a container. It is not installed.');
    return undefined;
  }
  const dataFiles = filesIn(data).filter((path) => !path.includes('/lang/') || path.endsWith('/english.lng'));
  return buildImage({
    config: { Env: ['PATH=/usr/games:/usr/bin:/bin'], WorkingDir: '/' },
    layers: [
      [...emptyFolders, ...withFolders([...librariesOf(program), '/usr/lib/locale/C.utf8/LC_CTYPE'])],
      withFolders([program, ...dataFiles]),
    ],
  });
}

/** What a container gets mounted at. */
const emptyFolders = ['dev/', 'proc/', 'sys/', 'run/', 'tmp/', 'etc/', 'data/'].map(
  (name): TarEntry => ({ name, type: 'directory' }),
);

function librariesOf(path: string): string[] {
  const listing = execFileSync('ldd', [path], { encoding: 'utf8' });
  return [...listing.matchAll(/(?:=> |^\s)(\/\S+) \(0x/gm)].map(([, library = '']) => library);
}

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) =>
    join(folder, name),
  );
  return entries.filter((path) => statSync(path).isFile());
}

/** Files where they are on this machine, after the folders they lie in. */
function withFolders(paths: readonly string[]): TarEntry[] {
  const present = paths.filter(existsSync);
  const folders = new Set(present.flatMap(parentsOf));
  return [
    ...[...folders].sort().map((path): TarEntry => ({ name: `${path.slice(1)}/`, type: 'directory' })),
    ...present.map(
      (path): TarEntry => ({
        name: path.slice(1),
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
