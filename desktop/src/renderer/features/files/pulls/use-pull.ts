import { AppError } from '@catalyst/shared/contract/errors';
import { listen } from '@catalyst/shared/contract/rpc';
import type { FilePull } from '@catalyst/shared/features/pulls';
import type { Server } from '@catalyst/shared/features/servers';
import { clientEvents } from '@catalyst/shared/realtime';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { api } from '../../../api/client.ts';
import { sentenceOf } from '../../../api/errors.ts';
import { socket } from '../../../api/socket.ts';
import { type ReportOperation, trackOperation } from '../../operations/local-operations.ts';
import { type FilePath, readPath } from '../file-path.ts';
import { folderAddress } from '../files-address.ts';
import { followWork } from '../follow-work.ts';
import { strings as fileStrings } from '../strings.ts';
import { refreshFolders } from '../use-folder.ts';
import { pullStrings as strings } from './strings.ts';

/** Follows a file from the web to its end, also when another page is shown. */
export function useFollowPull(server: Pick<Server, 'id' | 'name'>) {
  const queryClient = useQueryClient();
  return async (begun: FilePull, folder: FilePath): Promise<void> => {
    const name = readPath(begun).at(-1)?.text ?? '';
    const title = strings.fetching(name, server.name);
    const operation = { title, path: folderAddress(server.id, folder), failure: sentenceOf };
    try {
      const { status } = await trackOperation(operation, (report) => followPull(begun, report));
      notifications.show({ message: status === 'cancelled' ? strings.cancelled : strings.done(name) });
    } catch (error) {
      notifications.show({ color: 'red', title: strings.notDone(name), message: sentenceOf(error) });
    } finally {
      await refreshFolders(queryClient, server.id, [folder]);
    }
  };
}

function followPull(begun: FilePull, report: ReportOperation): Promise<FilePull> {
  const params = { id: begun.serverId };
  const read = async () => {
    const { items } = await api.pulls.list({ params });
    const pull = items.find(({ id }) => id === begun.id);
    // A node forgets them when its agent begins anew.
    if (!pull) throw new AppError('not_found', fileStrings.noReason);
    return pull;
  };
  const work = {
    ...{ begun, read },
    listen: (look: (pull: FilePull) => void) => listen(socket, clientEvents, { file_pull_progress: look }),
    cancel: () => api.pulls.cancel({ params: { ...params, pullId: begun.id } }),
  };
  return followWork(work, report);
}
