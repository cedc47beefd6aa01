import { AppError } from '@catalyst/shared/contract/errors';
import type { FileStats } from '@catalyst/shared/features/files';
import type { CopiedFiles, FoundFile } from '@catalyst/shared/features/files-tree';
import type { ChecksumAlgorithm, DiskUsage, SearchEnd } from '@catalyst/shared/features/files-tree-link';
import type { z } from 'zod';
import { toText } from './file-path.ts';
import { at, type FilesService, toStats } from './files.service.ts';

export interface IntoFolder {
  paths: Buffer[];
  to: Buffer;
  newName: string | undefined;
  replace: boolean;
}

export interface SearchWish {
  name?: string | undefined;
  text?: string | undefined;
  isRegularExpression: boolean;
  isCaseSensitive: boolean;
  most: number;
}

/** What goes through whole trees of a server's files, and takes as long as they are big. */
export class FileTrees {
  readonly #files: FilesService;

  constructor(files: FilesService) {
    this.#files = files;
  }

  async copy(serverId: string, wanted: IntoFolder): Promise<z.output<typeof CopiedFiles>> {
    const { skipped, ...sum } = await this.#files.ask('files:copy', serverId, toInput(wanted));
    return { ...sum, skipped: skipped.map(({ pathBase64, reason }) => ({ ...named(pathBase64), reason })) };
  }

  async move(serverId: string, wanted: IntoFolder): Promise<void> {
    await this.#files.ask('files:move', serverId, toInput(wanted));
  }

  /** Throws `bad_request` unless there is either a name or a text to search for. */
  async search(
    serverId: string,
    folder: Buffer,
    { name, text, isRegularExpression, ...wish }: SearchWish,
  ): Promise<{ items: FoundFile[]; endedBy: z.output<typeof SearchEnd> }> {
    if (name !== undefined && text === undefined) {
      const input = { ...at(folder), ...wish, name };
      const { found, endedBy } = await this.#files.ask('files:search-names', serverId, input);
      return { items: found.map(toFoundName), endedBy };
    }
    if (text !== undefined && name === undefined) {
      const input = { ...at(folder), ...wish, text, isRegularExpression };
      const { found, endedBy } = await this.#files.ask('files:search-contents', serverId, input);
      return { items: found.map(({ pathBase64, ...line }) => ({ ...named(pathBase64), ...line })), endedBy };
    }
    const message = 'give either a name or a text to search for';
    throw new AppError('bad_request', 'There is nothing to search for', {
      issues: [{ path: name === undefined ? 'name' : 'text', message }],
    });
  }

  checksum(serverId: string, path: Buffer, algorithm: z.output<typeof ChecksumAlgorithm>) {
    return this.#files.ask('files:checksum', serverId, { ...at(path), algorithm });
  }

  usage(serverId: string, path: Buffer): Promise<z.output<typeof DiskUsage>> {
    return this.#files.ask('files:usage', serverId, at(path));
  }

  async setTimes(serverId: string, path: Buffer, modifiedAt: Date): Promise<FileStats> {
    const input = { ...at(path), modifiedAt: modifiedAt.getTime() };
    return toStats(await this.#files.ask('files:times', serverId, input));
  }
}

function toInput({ paths, to, newName, replace }: IntoFolder) {
  return {
    pathsBase64: paths.map((path) => path.toString('base64')),
    toBase64: to.toString('base64'),
    ...(newName !== undefined && { newNameBase64: Buffer.from(newName).toString('base64') }),
    replace,
  };
}

function named(pathBase64: string): { path: string; pathBase64?: string } {
  const { text, base64 } = toText(Buffer.from(pathBase64, 'base64'));
  return { path: text, ...(base64 !== undefined && { pathBase64: base64 }) };
}

function toFoundName({ pathBase64, ...stats }: { pathBase64: string } & Parameters<typeof toStats>[0]) {
  const { type, sizeBytes, modifiedAt } = toStats(stats);
  return { ...named(pathBase64), type, sizeBytes, modifiedAt };
}
