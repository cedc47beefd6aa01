import type { Server } from '@catalyst/shared/features/servers';
import type { QueryClient } from '@tanstack/react-query';
import { keys } from '../../../api/keys.ts';
import type { DroppedItems } from '../../../components/dropped-items.ts';
import { trackOperation } from '../../operations/local-operations.ts';
import { type FilePath, pathKey } from '../file-path.ts';
import { folderAddress } from '../files-address.ts';
import { askInBatch } from '../name-conflict.ts';
import { refreshFolders } from '../use-folder.ts';
import { folderMaker } from './make-folders.ts';
import { type BegunUpload, discardUpload } from './send-file.ts';
import { transferStrings as strings } from './strings.ts';
import { isOver, TransferQueue } from './transfer-queue.ts';
import { uploadFile } from './upload-file.ts';

/** Of this window, whatever page it shows. */
export const transferQueue = new TransferQueue();

// What is sent ends with the window, so whoever closes it is asked.
window.addEventListener('beforeunload', (event) => {
  if (transferQueue.transfers.get().some((transfer) => !isOver(transfer))) event.preventDefault();
});

/** Sends files, and folders with what is in them, to a folder of a server. */
export async function uploadItems(
  queryClient: QueryClient,
  server: Pick<Server, 'id' | 'name'>,
  folder: FilePath,
  { files, folders }: DroppedItems,
): Promise<void> {
  const ask = askInBatch();
  const makeFolder = folderMaker(server.id, folder);
  const below = (name: string): FilePath => [...folder, ...name.split('/').map((text) => ({ text }))];
  const shownSoon = () =>
    queryClient.invalidateQueries(
      { queryKey: keys.folder(server.id, pathKey(folder)), exact: true },
      { cancelRefetch: false },
    );
  const added = transferQueue.add(
    files.map(({ name, file }) => {
      const begun: BegunUpload = {};
      return {
        serverId: server.id,
        name,
        sizeBytes: file.size,
        send: async (sending) => {
          const path = below(name);
          const parent = path.slice(0, -1);
          await makeFolder(parent);
          const target = { serverId: server.id, folder: parent, name: path.at(-1)?.text ?? '' };
          const end = await uploadFile({ ...target, file, ask, begun }, sending);
          void shownSoon();
          return end;
        },
        discard: () => void discardUpload(begun),
      };
    }),
  );
  const work = Promise.all([added, ...folders.map((name) => makeFolder(below(name)))]).then(([ends]) => {
    const failed = ends.filter(({ state }) => state === 'failed').length;
    if (failed > 0) throw new Error(strings.someFailed(failed));
  });
  try {
    await trackOperation(
      {
        title: strings.operation(files.length, server.name),
        path: folderAddress(server.id, folder),
        failure: (error) => (error instanceof Error ? error.message : String(error)),
      },
      work,
    );
  } catch {
    // Each of them says in the list why it failed.
  } finally {
    await refreshFolders(queryClient, server.id, [folder]);
  }
}
