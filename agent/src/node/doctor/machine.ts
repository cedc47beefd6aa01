import { existsSync } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import { type RunProgram, runProgram } from '../../network/run-program.ts';
import { findProgram } from '../program-paths.ts';

const systemFolders = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

interface FileSystem {
  freeBytes: number;
  totalBytes: number;
  /** Both 0 where files are not counted. */
  freeFiles: number;
  totalFiles: number;
}

/** What the doctor looks at. Nothing in it changes the machine. */
export interface Machine {
  platform: NodeJS.Platform;
  isRoot: boolean;
  now(): number;
  /** Null when it is not there, or not to be read. */
  readText(path: string): Promise<string | null>;
  exists(path: string): boolean;
  hasProgram(name: string): boolean;
  run: RunProgram;
  fileSystem(path: string): Promise<FileSystem | null>;
}

export const thisMachine: Machine = {
  platform: process.platform,
  isRoot: process.getuid?.() === 0,
  now: Date.now,
  readText: (path) => readFile(path, 'utf8').catch(() => null),
  exists: existsSync,
  hasProgram: (name) => findProgram(name, systemFolders) !== null,
  run: runProgram,
  async fileSystem(path) {
    const found = await statfs(path).catch(() => null);
    return (
      found && {
        freeBytes: found.bavail * found.bsize,
        totalBytes: found.blocks * found.bsize,
        freeFiles: found.ffree,
        totalFiles: found.files,
      }
    );
  },
};
