import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { AppError } from '@catalyst/shared/contract/errors';
import type { HostPackage } from '@catalyst/shared/features/server-spec';
import { findProgram, serverPath } from './program-paths.ts';

const maxOutputCharacters = 90_000;
const installTimeoutMs = 14 * 60_000;

/** The names of those whose program a server would not find. */
export function missingPackages(packages: readonly HostPackage[], path: string): string[] {
  return packages.filter(({ program }) => !isPresent(program, path)).map(({ debian }) => debian);
}

function isPresent(program: string, path: string): boolean {
  return program.startsWith('/') ? existsSync(program) : findProgram(program, path) !== null;
}

interface InstallOptions {
  /** Where programs are looked for. */
  path?: string;
  /** The package manager; found in the standard places when left out. */
  aptGet?: string | null;
  isRoot?: boolean;
}

/**
 * Installs what is missing from the distribution, without asking anything. Throws `unavailable` where the agent cannot,
 * or with the end of the package manager's own words.
 */
export async function installPackages(
  packages: readonly HostPackage[],
  environment: NodeJS.ProcessEnv,
  {
    path = serverPath(environment),
    aptGet = findProgram('apt-get', path),
    isRoot = process.getuid?.() === 0,
  }: InstallOptions = {},
): Promise<{ installed: string[]; output: string }> {
  const missing = missingPackages(packages, path);
  if (missing.length === 0) return { installed: [], output: 'Everything is installed already.' };
  if (aptGet === null) {
    throw new AppError(
      'unavailable',
      `This node has no apt-get; install ${missing.join(', ')} there by hand`,
    );
  }
  if (!isRoot) {
    throw new AppError(
      'unavailable',
      `The agent is not root; on the node run: sudo apt-get install ${missing.join(' ')}`,
    );
  }
  const update = await runQuietly(aptGet, ['update'], environment);
  const install = await runQuietly(
    aptGet,
    ['install', '-y', '--no-install-recommends', '--', ...missing],
    environment,
  );
  const output = `${update.output}${install.output}`.slice(-maxOutputCharacters);
  if (install.code !== 0) {
    throw new AppError('unavailable', `The packages could not be installed: ${lastLines(install.output)}`);
  }
  const stillMissing = missingPackages(packages, path);
  if (stillMissing.length > 0) {
    throw new AppError(
      'unavailable',
      `Installed, but without the expected programs: ${stillMissing.join(', ')}`,
    );
  }
  return { installed: missing, output };
}

function runQuietly(
  program: string,
  args: string[],
  environment: NodeJS.ProcessEnv,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(program, args, {
    env: { ...environment, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: installTimeoutMs,
  });
  let output = '';
  const collect = (chunk: string) => {
    output = (output + chunk).slice(-maxOutputCharacters);
  };
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, output: error.message }));
    child.once('close', (code) => resolve({ code, output }));
  });
}

function lastLines(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-3).join(' / ').slice(-500) || 'no reason was given';
}
