import { serverPath } from '../node/program-paths.ts';
import type { ServerParts } from './server-parts.ts';

/**
 * The environment of a game: what its template says on top of the little every program needs. Nothing of the agent's own
 * goes in.
 */
export function serverEnvironment({ file, folder, hostEnvironment }: ServerParts): Record<string, string> {
  return { ...baseEnvironment(folder.path, hostEnvironment), ...file.record.spec.environment };
}

function baseEnvironment(directory: string, host: NodeJS.ProcessEnv): Record<string, string> {
  const base = { PATH: serverPath(host), HOME: directory, LANG: 'C.UTF-8' };
  if (process.platform !== 'win32') return base;
  const { SystemRoot = '', TEMP = '' } = host;
  return { ...base, SystemRoot, TEMP, TMP: TEMP, USERPROFILE: directory };
}
