import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The PATH, with the folders of administrators' programs that not every user has in it. */
export function systemPath(): string {
  return [process.env.PATH ?? '', '/usr/local/sbin', '/usr/sbin', '/sbin'].join(delimiter);
}

/** Where a program is, or undefined. */
export function findProgram(name: string, path = systemPath()): string | undefined {
  return path
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));
}
