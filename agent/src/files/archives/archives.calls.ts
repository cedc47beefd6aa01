import type { AppError } from '@catalyst/shared/contract/errors';
import type { CallHandlers } from '@catalyst/shared/contract/rpc';
import type { archiveAgentCalls } from '@catalyst/shared/features/archives-link';
import type { DataPlane } from '../../link/data-plane.ts';
import type { Supervisor } from '../../servers/supervisor.ts';
import { filesRefusal, openFolder } from '../calls/open-folder.ts';
import { pathFromBase64 } from '../server-path.ts';
import type { FileTasks } from './file-tasks.ts';
import { Listings } from './listings.ts';

interface ArchiveCallParts {
  supervisor: Supervisor;
  dataPlane: Pick<DataPlane, 'send'>;
  fileTasks: FileTasks;
}

export const archiveCallHandlers = ({
  supervisor,
  dataPlane,
  fileTasks,
}: ArchiveCallParts): CallHandlers<typeof archiveAgentCalls> => {
  const listings = new Listings();
  const open = (serverId: string) => openFolder(supervisor, serverId);
  const refusal = (serverId: string) => () => filesRefusal(supervisor, serverId);
  return {
    'archives:compress': async ({ serverId, taskId, pathBase64, namesBase64, toBase64, format, replace }) => {
      await open(serverId);
      const [folder, to, ...names] = [pathBase64, toBase64, ...namesBase64].map(pathFromBase64);
      const ifExists = replace ? 'replace' : 'refuse';
      const wanted = { id: taskId, serverId, kind: 'compress' } as const;
      const task = fileTasks.start(wanted, refusal(serverId), async (onProgress, signal) => {
        const directory = await open(serverId);
        const options = { format, ifExists, onProgress, signal } as const;
        const { skippedCount } = await directory.createArchive(folder ?? '', names, to ?? '', options);
        onProgress({ skippedCount });
      });
      return { task };
    },
    'archives:decompress': async ({ serverId, taskId, pathBase64, toBase64, replace }) => {
      await open(serverId);
      const path = pathFromBase64(pathBase64);
      const to = pathFromBase64(toBase64);
      const ifExists = replace ? 'replace' : 'refuse';
      const wanted = { id: taskId, serverId, kind: 'decompress' } as const;
      const task = fileTasks.start(wanted, refusal(serverId), async (onProgress, signal) => {
        const directory = await open(serverId);
        await directory.extractArchive(path, to, { ifExists, onProgress, signal });
      });
      return { task };
    },
    'archives:list': async ({ serverId, pathBase64, skip, limit }) => {
      const directory = await open(serverId);
      const path = pathFromBase64(pathBase64);
      const { entries, hasMore } = await listings.take(serverId, (signal) =>
        directory.listArchive(path, { skip, limit, signal }),
      );
      const told = entries.map(({ path, type, sizeBytes, mode, modifiedAt }) => ({
        pathBase64: path.toString('base64'),
        type: type === 'hard_link' ? ('file' as const) : type,
        ...{ sizeBytes, mode, modifiedAt: modifiedAt.getTime() },
      }));
      return { entries: told, hasMore };
    },
    'archives:send': async ({ serverId, pathBase64, namesBase64, format, ticket }) => {
      const directory = await open(serverId);
      const folder = pathFromBase64(pathBase64);
      const names = namesBase64.map(pathFromBase64);
      const archive = directory.streamArchive(folder, names, format);
      // What is wrong with what was asked is told by the answer, not by a stream that breaks off.
      const first = await archive.next();
      try {
        const stream = continued(first, archive, refusal(serverId));
        dataPlane.send(ticket, stream, { ended: () => void archive.return() });
      } catch (error) {
        await archive.return();
        throw error;
      }
      return {};
    },
    'archives:tasks': async ({ serverId }) => {
      supervisor.get(serverId);
      return { tasks: fileTasks.listOf(serverId) };
    },
    'archives:cancel': async ({ serverId, taskId }) => {
      await fileTasks.cancel(serverId, taskId);
      return {};
    },
  };
};

/** Ends with what the server refuses by then. */
async function* continued(
  first: IteratorResult<Buffer, void>,
  rest: AsyncGenerator<Buffer, void>,
  refusal: () => AppError | null,
) {
  for (let next = first; !next.done; next = await rest.next()) {
    const why = refusal();
    if (why) throw why;
    yield next.value;
  }
}
