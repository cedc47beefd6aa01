import { constants, lstatSync, openSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { AppError } from '@catalyst/shared/contract/errors';
import type { Launch } from '../runtime.ts';

/** The kernel refuses longer ones. */
const maxStringBytes = 128 * 1024 - 1;

/** Refuses what no operating system could run literally. */
export function checkLaunch(launch: Launch): void {
  checkIds(launch.serverId, launch.startId);
  const [program] = launch.argv;
  if (!program && (launch.argv.length > 0 || launch.image === null)) {
    throw new AppError('invalid_input', 'The startup command is empty');
  }
  if (program && (program.startsWith('-') || program.includes('='))) {
    throw new AppError('invalid_input', 'The name of a program may not begin with "-" or contain "="');
  }
  for (const argument of launch.argv) checkString(argument, 'An argument of the startup command');
  for (const [name, value] of Object.entries(launch.environment)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new AppError('invalid_input', `"${name}" cannot be the name of an environment variable`);
    }
    checkString(`${name}=${value}`, `The environment variable ${name}`);
  }
  if (!isAbsolute(launch.directory)) {
    throw new AppError('invalid_input', "The path of the server's folder is not absolute");
  }
}

/** Ids become names of folders. */
export function checkIds(...ids: string[]): void {
  for (const id of ids) {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(id)) {
      throw new AppError(
        'invalid_input',
        'The id of the server or of its start cannot be the name of a folder',
      );
    }
  }
}

/** Opens the server's folder itself, never what a link in its place points at; the caller closes it. */
export function openDirectory(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (cause) {
    throw missingDirectory(cause);
  }
}

export function checkDirectory(path: string): void {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) throw missingDirectory();
}

function missingDirectory(cause?: unknown): AppError {
  return new AppError('invalid_input', "The server's folder is missing or is not a folder", { cause });
}

function checkString(text: string, what: string): void {
  if (text.includes('\0')) throw new AppError('invalid_input', `${what} contains a zero byte`);
  if (Buffer.byteLength(text) > maxStringBytes) throw new AppError('invalid_input', `${what} is too long`);
}
