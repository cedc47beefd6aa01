import { AppError } from '@catalyst/shared/contract/errors';
import type { CallHandlers } from '@catalyst/shared/contract/rpc';
import type { fileAgentCalls } from '@catalyst/shared/features/files-link';
import type { DataPlane } from '../../link/data-plane.ts';
import type { Supervisor } from '../../servers/supervisor.ts';
import type { ServerDirectory } from '../server-directory.ts';
import { joinPath, parsePath, pathFromBase64 } from '../server-path.ts';
import { toAgentStats } from './file-stats.ts';
import { openFolder } from './open-folder.ts';
import { receiveFile } from './receive-file.ts';
import { sendFile } from './send-file.ts';

interface FileCallParts {
  supervisor: Supervisor;
  dataPlane: Pick<DataPlane, 'send' | 'receive'>;
}

const never = new AbortController().signal;

export const fileCallHandlers = ({
  supervisor,
  dataPlane,
}: FileCallParts): CallHandlers<typeof fileAgentCalls> => {
  const open = (serverId: string) => openFolder(supervisor, serverId);
  return {
    'files:list': async ({ serverId, pathBase64, limit, cursor }) => {
      const directory = await open(serverId);
      const path = pathFromBase64(pathBase64);
      const page = await directory.listPage(path, { foldersFirst: true, limit, cursor });
      const told = page.entries.map(async (entry) => ({
        ...(await toAgentStats(directory, joinPath(path, entry.name), entry)),
        nameBase64: entry.name.toString('base64'),
      }));
      return { entries: await Promise.all(told), nextCursor: page.nextCursor ?? null };
    },
    'files:stat': async ({ serverId, pathBase64 }) =>
      statOf(await open(serverId), pathFromBase64(pathBase64)),
    'files:create': async ({ serverId, pathBase64, type }) => {
      const directory = await open(serverId);
      const path = pathFromBase64(pathBase64);
      if (type === 'folder') await directory.makeFolder(path);
      else await makeFile(directory, path);
      return statOf(directory, path);
    },
    'files:rename': async ({ serverId, pathBase64, toBase64, replace }) => {
      const directory = await open(serverId);
      const ifExists = replace ? 'replace' : 'refuse';
      await directory.rename(pathFromBase64(pathBase64), pathFromBase64(toBase64), { ifExists });
      return {};
    },
    'files:delete': async ({ serverId, pathsBase64 }) => {
      const directory = await open(serverId);
      const paths = pathsBase64.map(pathFromBase64);
      // What cannot be deleted at all is refused before anything is.
      for (const path of paths) refuseFolderItself(path);
      for (const path of paths) await directory.delete(path);
      return {};
    },
    'files:chmod': async ({ serverId, pathBase64, mode }) => {
      const directory = await open(serverId);
      const path = pathFromBase64(pathBase64);
      await directory.chmod(path, mode);
      return statOf(directory, path);
    },
    'files:send': async ({ serverId, pathBase64, ...options }) =>
      sendFile(dataPlane, await open(serverId), pathFromBase64(pathBase64), options),
    'files:receive': async ({ serverId, pathBase64, ticket, ...options }) => {
      const directory = await open(serverId);
      const path = pathFromBase64(pathBase64);
      const body = await dataPlane.receive(ticket, never);
      return toAgentStats(directory, path, await receiveFile(directory, path, body, options));
    },
  };
};

async function statOf(directory: ServerDirectory, path: Uint8Array) {
  return toAgentStats(directory, path, await directory.stat(path));
}

async function makeFile(directory: ServerDirectory, path: Uint8Array): Promise<void> {
  const taken = await directory.stat(path).then(
    () => true,
    (error: unknown) => {
      if (error instanceof AppError && error.code === 'not_found') return false;
      throw error;
    },
  );
  if (taken) throw new AppError('conflict', 'There is already something of this name');
  await using _made = await directory.openForWriting(path, { ifMissing: 'create' });
}

function refuseFolderItself(path: Uint8Array): void {
  if (parsePath(path).length === 0) {
    throw new AppError('bad_request', "The server's folder itself cannot be deleted");
  }
}
