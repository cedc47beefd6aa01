import { listen } from '@catalyst/shared/contract/rpc';
import type { FileTask } from '@catalyst/shared/features/archives-link';
import { clientEvents } from '@catalyst/shared/realtime';
import { api } from '../../../api/client.ts';
import { socket } from '../../../api/socket.ts';
import type { ReportOperation } from '../../operations/local-operations.ts';
import { followWork } from '../follow-work.ts';

export function followTask(begun: FileTask, report: ReportOperation): Promise<FileTask> {
  const params = { id: begun.serverId, taskId: begun.id };
  const work = {
    begun,
    read: () => api.archives.task({ params }),
    listen: (look: (task: FileTask) => void) => listen(socket, clientEvents, { file_task_progress: look }),
    cancel: () => api.archives.cancel({ params }),
  };
  return followWork(work, report);
}
