import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** Where distributions put programs, games included. */
const standardFolders = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
  '/usr/local/games',
  '/usr/games',
];

/**
 * `PATH` of a server: the standard folders, and before them those of Node and npm wherever this machine has them, as far
 * as another user can get there. On Windows the agent's own.
 */
export function serverPath(environment: NodeJS.ProcessEnv): string {
  if (process.platform === 'win32') return environment.Path ?? environment.PATH ?? '';
  const own = (environment.PATH ?? '').split(delimiter).filter((folder) => folder.startsWith('/'));
  const node = dirname(process.execPath);
  const npm = [...standardFolders, ...own].find(
    (folder) => findProgram('npm', folder) && isOpenToOthers(join(folder, 'npm')),
  );
  const folders = [
    ...(isOpenToOthers(process.execPath) ? [node] : []),
    ...standardFolders,
    ...(npm ? [npm] : []),
  ];
  return [...new Set(folders)].join(delimiter);
}

/** The file a program's name leads to, null when there is none. */
export function findProgram(name: string, path: string): string | null {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // Not here.
    }
  }
  return null;
}

/** Whether any user may read and run it: each folder on the way, also behind links, must let others pass. */
function isOpenToOthers(file: string): boolean {
  if (process.getuid?.() !== 0) return true;
  try {
    const real = realpathSync(file);
    if ((statSync(real).mode & 0o005) !== 0o005) return false;
    return [file, real].every(isPathOpen);
  } catch {
    return false;
  }
}

function isPathOpen(file: string): boolean {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
