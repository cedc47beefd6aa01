import type { FileTask } from '@catalyst/shared/features/archives-link';
import type { Server } from '@catalyst/shared/features/servers';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { sentenceOf } from '../../../api/errors.ts';
import { trackOperation } from '../../operations/local-operations.ts';
import type { FilePath } from '../file-path.ts';
import { folderAddress } from '../files-address.ts';
import { refreshFolders } from '../use-folder.ts';
import { followTask } from './follow-task.ts';
import { archiveStrings as strings } from './strings.ts';

interface Task {
  begun: FileTask;
  /** Of the archive. */
  name: string;
  /** Where what it makes is to be seen. */
  folder: FilePath;
}

/** Follows packing and unpacking to its end, also when another page is shown. */
export function useArchives(server: Pick<Server, 'id' | 'name'>) {
  const queryClient = useQueryClient();
  return async ({ begun, name, folder }: Task): Promise<void> => {
    const isPacking = begun.kind === 'compress';
    const title = (isPacking ? strings.compressing : strings.extracting)(name, server.name);
    const operation = { title, path: folderAddress(server.id, folder), failure: sentenceOf };
    try {
      const { status, skippedCount } = await trackOperation(operation, (report) => followTask(begun, report));
      const done = (isPacking ? strings.compressed : strings.extracted)(name);
      notifications.show({
        title: status === 'cancelled' ? title : done,
        message:
          status === 'cancelled'
            ? strings.cancelled
            : skippedCount > 0
              ? strings.skipped(skippedCount)
              : undefined,
      });
    } catch (error) {
      const failed = (isPacking ? strings.notCompressed : strings.notExtracted)(name);
      notifications.show({ color: 'red', title: failed, message: sentenceOf(error) });
    } finally {
      await refreshFolders(queryClient, server.id, [folder, folder.slice(0, -1)]);
    }
  };
}
