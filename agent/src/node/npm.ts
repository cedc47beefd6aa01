import { execFile } from 'node:child_process';
import { withoutCredentials } from './network-settings.ts';
import { findProgram, serverPath } from './program-paths.ts';

// All the agent knows of npm, with which some templates install their games.

/** What npm keeps for next time, in the home of its user. */
export const npmCacheFolder = '.npm';

const timeoutMs = 10_000;

/** Which registry this machine's npm uses and whom it trusts, for the npm of an installation. */
export async function npmSettings(environment: NodeJS.ProcessEnv): Promise<Record<string, string>> {
  const program = findProgram('npm', serverPath(environment));
  if (program === null) return {};
  const output = await run(program, ['config', 'get', 'registry', 'cafile']);
  const settings: Record<string, string> = {};
  for (const line of output.split('\n')) {
    const [, name, value] = /^(registry|cafile)\s*=\s*(\S+)$/.exec(line.trim()) ?? [];
    if (name && value && value !== 'null' && value !== 'undefined') {
      settings[`npm_config_${name}`] = name === 'registry' ? withoutCredentials(value) : value;
    }
  }
  return settings;
}

/** An npm that cannot answer has no settings. */
function run(program: string, args: string[]): Promise<string> {
  return new Promise((resolve) => {
    const options = { timeout: timeoutMs, cwd: '/', shell: process.platform === 'win32' };
    execFile(program, args, options, (_error, stdout) => resolve(stdout));
  });
}
