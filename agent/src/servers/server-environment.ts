import { serverPath } from '../node/program-paths.ts';
import type { ServerParts } from './server-parts.ts';

/**
 * The environment of a game: what its template says on top of the little every program needs. Nothing of the agent's own
 * goes in.
 */
export function serverEnvironment(parts: ServerParts): Record<string, string> {
  const { file, folder, hostEnvironment } = parts;
  const { argv, environment } = file.record.spec;
  const base = isContainer(parts) ? { LANG: 'C.UTF-8' } : baseEnvironment(folder.path, hostEnvironment);
  return { ...base, ...(argv.length === 0 && { TZ: timeZone(hostEnvironment) }), ...environment };
}

/** Whether it sees none of this machine's programs and folders: its image has others, which are not for us to name. */
export function isContainer({ file }: ServerParts): boolean {
  return file.record.spec.runtime === 'containerd';
}

/** Images of the community expect to be told. */
const timeZone = ({ TZ }: NodeJS.ProcessEnv) => TZ || Intl.DateTimeFormat().resolvedOptions().timeZone;

function baseEnvironment(directory: string, host: NodeJS.ProcessEnv): Record<string, string> {
  const base = { PATH: serverPath(host), HOME: directory, LANG: 'C.UTF-8' };
  if (process.platform !== 'win32') return base;
  const { SystemRoot = '', TEMP = '' } = host;
  return { ...base, SystemRoot, TEMP, TMP: TEMP, USERPROFILE: directory };
}
