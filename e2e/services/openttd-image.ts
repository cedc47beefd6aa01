import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { emptyFolders, librariesOf, machineFiles } from './machine-files.ts';
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
  const files = openttdFiles();
  if (!files) return;
  return buildImage({
    config: { Env: ['PATH=/usr/games:/usr/bin:/bin'], WorkingDir: '/' },
    layers: [[...emptyFolders, ...files.libraries], files.game],
  });
}

/** The same to be put into another image. */
export function openttdFiles(): { libraries: TarEntry[]; game: TarEntry[] } | undefined {
  if (!existsSync(program) || !existsSync(graphics)) {
    console.warn('Skipped: OpenTTD in a container. It is not installed.');
    return undefined;
  }
  const dataFiles = filesIn(data).filter((path) => !path.includes('/lang/') || path.endsWith('/english.lng'));
  return {
    libraries: machineFiles([...librariesOf(program), '/usr/lib/locale/C.utf8/LC_CTYPE']),
    game: machineFiles([program, ...dataFiles]),
  };
}

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) =>
    join(folder, name),
  );
  return entries.filter((path) => statSync(path).isFile());
}
