import { createHash } from 'node:crypto';
import { AppError } from '@catalyst/shared/contract/errors';
import type { CallHandlers } from '@catalyst/shared/contract/rpc';
import type { fileTreeAgentCalls } from '@catalyst/shared/features/files-tree-link';
import type { FakeFiles } from './fake-files.ts';

interface IntoFolder {
  serverId: string;
  pathsBase64: string[];
  toBase64: string;
  newNameBase64?: string | undefined;
  replace: boolean;
}

/** What a fake agent does with trees of its files. */
export function fakeFileTrees(files: FakeFiles): CallHandlers<typeof fileTreeAgentCalls> {
  const transfer = ({ serverId, ...wanted }: IntoFolder, keepsOld: boolean) => {
    const passages = wanted.pathsBase64.map((path) => passage(bytes(path), wanted));
    const issues = passages.flatMap(({ to }, index) => {
      const isFree = wanted.replace || !files.paths(serverId).includes(to);
      return isFree ? [] : [{ path: `paths.${index}`, message: 'is there already' }];
    });
    if (issues.length > 0) throw new AppError('conflict', 'There is already something', { issues });
    let copiedEntries = 0;
    for (const { from, to } of passages) {
      files.find(serverId, from);
      for (const path of files.paths(serverId)) {
        if (path !== from && !path.startsWith(`${from}/`)) continue;
        const { content } = files.find(serverId, path);
        files.put(serverId, Buffer.from(to + path.slice(from.length), 'latin1'), content);
        if (!keepsOld) files.remove(serverId, path);
        copiedEntries += 1;
      }
    }
    return copiedEntries;
  };
  return {
    'files:copy': (input) => {
      const copiedEntries = transfer(input, true);
      return { copiedBytes: 0, copiedEntries, skippedCount: 0, skipped: [] };
    },
    'files:move': (input) => {
      transfer(input, false);
      return {};
    },
    'files:search-names': ({ serverId, pathBase64, name, most }) => {
      const found = below(files, serverId, bytes(pathBase64))
        .filter(({ path }) => lastName(path).includes(name))
        .map(({ path, below: pathBelow }) => ({
          ...files.stats(serverId, path),
          pathBase64: base64(pathBelow),
        }));
      return { found: found.slice(0, most), endedBy: found.length >= most ? 'matches' : 'end' };
    },
    'files:search-contents': ({ serverId, pathBase64, text, most }) => {
      const found = below(files, serverId, bytes(pathBase64)).flatMap(({ path, below: pathBelow }) =>
        (files.find(serverId, path).content?.toString() ?? '')
          .split('\n')
          .flatMap((line, index) =>
            line.includes(text) ? [{ pathBase64: base64(pathBelow), line: index + 1, text: line }] : [],
          ),
      );
      return { found: found.slice(0, most), endedBy: found.length >= most ? 'matches' : 'end' };
    },
    'files:checksum': ({ serverId, pathBase64, algorithm }) => {
      const { content } = files.find(serverId, bytes(pathBase64));
      if (content === null) throw new AppError('invalid_input', 'This is a folder');
      return { hex: createHash(algorithm).update(content).digest('hex'), sizeBytes: content.length };
    },
    'files:usage': ({ serverId, pathBase64 }) => {
      const all = below(files, serverId, bytes(pathBase64));
      return { allocatedBytes: all.length * 4096, fileCount: all.length, folderCount: 1, mountCount: 0 };
    },
    'files:times': ({ serverId, pathBase64, modifiedAt }) => ({
      ...files.stats(serverId, bytes(pathBase64)),
      modifiedAt,
    }),
  };
}

function passage(from: string, { toBase64, newNameBase64 }: Omit<IntoFolder, 'serverId'>) {
  const folder = bytes(toBase64);
  const name = newNameBase64 === undefined ? lastName(from) : bytes(newNameBase64);
  return { from, to: folder === '' ? name : `${folder}/${name}` };
}

function below(files: FakeFiles, serverId: string, folder: string) {
  const start = folder === '' ? '' : `${folder}/`;
  return files
    .paths(serverId)
    .filter((path) => path.startsWith(start))
    .map((path) => ({ path, below: path.slice(start.length) }));
}

const bytes = (text: string) => Buffer.from(text, 'base64').toString('latin1');
const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');
const lastName = (path: string) => path.slice(path.lastIndexOf('/') + 1);
