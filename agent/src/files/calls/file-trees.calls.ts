import { AppError, type Issue } from '@catalyst/shared/contract/errors';
import type { CallHandlers } from '@catalyst/shared/contract/rpc';
import { type fileTreeAgentCalls, treeWorkMs } from '@catalyst/shared/features/files-tree-link';
import type { Supervisor } from '../../servers/supervisor.ts';
import type { FoundLine } from '../search-contents.ts';
import type { FoundName } from '../search-names.ts';
import type { ServerDirectory } from '../server-directory.ts';
import { joinPath, nameProblem, parsePath, pathFromBase64 } from '../server-path.ts';
import { toAgentStats } from './file-stats.ts';
import { openFolder } from './open-folder.ts';
import { findAll } from './search-calls.ts';

interface IntoFolder {
  pathsBase64: string[];
  toBase64: string;
  newNameBase64?: string | undefined;
  replace: boolean;
}

interface Passage {
  from: Buffer;
  to: Buffer;
  name: Buffer;
}

const mostSkippedTold = 100;

export const fileTreeCallHandlers = (supervisor: Supervisor): CallHandlers<typeof fileTreeAgentCalls> => {
  const open = (serverId: string) => openFolder(supervisor, serverId);
  return {
    'files:copy': async ({ serverId, ...wanted }) => {
      const directory = await open(serverId);
      const passages = await passagesOf(directory, wanted);
      const options = { ifExists: ifExists(wanted), signal: AbortSignal.timeout(treeWorkMs) } as const;
      const sum = { copiedBytes: 0, copiedEntries: 0, skippedCount: 0 };
      const skipped: { pathBase64: string; reason: SkipReason }[] = [];
      for (const { from, to, name } of passages) {
        const one = await inTime(directory.copy(from, to, options));
        sum.copiedBytes += one.copiedBytes;
        sum.copiedEntries += one.copiedEntries;
        sum.skippedCount += one.skippedCount;
        skipped.push(
          ...one.skipped.map(({ path, reason }) => ({
            pathBase64: (path.length === 0 ? name : joinPath(name, path)).toString('base64'),
            reason,
          })),
        );
      }
      return { ...sum, skipped: skipped.slice(0, mostSkippedTold) };
    },
    'files:move': async ({ serverId, ...wanted }) => {
      const directory = await open(serverId);
      for (const { from, to } of await passagesOf(directory, wanted)) {
        await directory.rename(from, to, { ifExists: ifExists(wanted) });
      }
      return {};
    },
    'files:search-names': async ({ serverId, pathBase64, name, isCaseSensitive, most }) => {
      const directory = await open(serverId);
      const folder = pathFromBase64(pathBase64);
      const tell = async ({ path, ...stats }: FoundName) => ({
        pathBase64: path.toString('base64'),
        ...(await toAgentStats(directory, joinPath(folder, path), stats)),
      });
      return findAll(most, tell, (options) =>
        directory.searchNames(folder, { name, isCaseSensitive }, options),
      );
    },
    'files:search-contents': async ({ serverId, pathBase64, most, ...query }) => {
      const directory = await open(serverId);
      const tell = ({ path, line, text }: FoundLine) => ({
        pathBase64: path.toString('base64'),
        line,
        text: text.toWellFormed(),
      });
      return findAll(most, tell, (options) =>
        directory.searchContents(pathFromBase64(pathBase64), query, options),
      );
    },
    'files:checksum': async ({ serverId, pathBase64, algorithm }) => {
      const directory = await open(serverId);
      const signal = AbortSignal.timeout(treeWorkMs);
      return inTime(directory.checksum(pathFromBase64(pathBase64), algorithm, signal));
    },
    'files:usage': async ({ serverId, pathBase64 }) => {
      const directory = await open(serverId);
      return inTime(directory.diskUsage(pathFromBase64(pathBase64), AbortSignal.timeout(treeWorkMs)));
    },
    'files:times': async ({ serverId, pathBase64, modifiedAt }) => {
      const directory = await open(serverId);
      const path = pathFromBase64(pathBase64);
      await directory.setTimes(path, { modifiedAt: new Date(modifiedAt) });
      return toAgentStats(directory, path, await directory.stat(path));
    },
  };
};

type SkipReason = Awaited<ReturnType<ServerDirectory['copy']>>['skipped'][number]['reason'];

const ifExists = ({ replace }: IntoFolder) => (replace ? 'replace' : 'refuse');

/** From where to where. What cannot be at all, or would write over something, is refused before anything is done. */
async function passagesOf(directory: ServerDirectory, wanted: IntoFolder): Promise<Passage[]> {
  const { pathsBase64, toBase64, newNameBase64, replace } = wanted;
  const folder = pathFromBase64(toBase64);
  const newName = newNameBase64 === undefined ? undefined : checkedName(newNameBase64);
  if (newName && pathsBase64.length > 1) {
    throw new AppError('bad_request', 'Only one entry at a time can be given a new name');
  }
  const { type } = await directory.stat(folder, { links: 'follow' });
  if (type !== 'folder') throw new AppError('invalid_input', 'There is no folder where these should go');
  const passages = pathsBase64.map((text) => {
    const from = pathFromBase64(text);
    const name = newName ?? parsePath(from).at(-1);
    if (!name) throw new AppError('bad_request', "The server's folder itself cannot be moved or copied");
    return { from, to: joinPath(folder, name), name };
  });
  const issues = [...twice(passages), ...(replace ? [] : await inTheWay(directory, passages))];
  if (issues.length === 0) return passages;
  throw new AppError('conflict', 'There is already something of this name in the folder', { issues });
}

function checkedName(base64: string): Buffer {
  const name = pathFromBase64(base64);
  const problem = nameProblem(name);
  if (problem)
    throw new AppError('bad_request', problem, { issues: [{ path: 'newName', message: problem }] });
  return name;
}

function twice(passages: readonly Passage[]): Issue[] {
  const names = passages.map(({ name }) => name.toString('latin1'));
  return passages.flatMap(({ name }, index) =>
    names.indexOf(names[index] ?? '') === index ? [] : [issue(index, name, 'is given twice')],
  );
}

async function inTheWay(directory: ServerDirectory, passages: readonly Passage[]): Promise<Issue[]> {
  const issues: Issue[] = [];
  for (const [index, { to, name }] of passages.entries()) {
    if (await exists(directory, to)) issues.push(issue(index, name, 'is there already'));
  }
  return issues;
}

const mostNamed = 100;
const issue = (index: number, name: Buffer, what: string): Issue => ({
  path: `paths.${index}`,
  message: `${name.toString('utf8').slice(0, mostNamed)} ${what}`,
});

async function exists(directory: ServerDirectory, path: Buffer): Promise<boolean> {
  try {
    await directory.stat(path);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return false;
    throw error;
  }
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') {
      throw new AppError('timeout', 'This took too long and was given up', { cause: error });
    }
    throw error;
  }
}
