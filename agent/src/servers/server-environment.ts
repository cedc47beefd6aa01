import { serverPath } from '../node/program-paths.ts';
import type { ServerRecord } from './server-record.ts';

/**
 * The environment of a game: what its template says on top of the little every program needs. Nothing of the agent's own
 * goes in.
 */
export function serverEnvironment({ spec }: ServerRecord, directory: string): Record<string, string> {
  return {
    ...baseEnvironment(directory),
    ...spec.environment,
  };
}

function baseEnvironment(directory: string): Record<string, string> {
  const base = { PATH: serverPath(), HOME: directory, LANG: 'C.UTF-8' };
  if (process.platform !== 'win32') return base;
  const { SystemRoot = '', TEMP = '' } = process.env;
  return { ...base, SystemRoot, TEMP, TMP: TEMP, USERPROFILE: directory };
}
