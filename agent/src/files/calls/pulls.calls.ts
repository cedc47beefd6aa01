import type { CallHandlers } from '@catalyst/shared/contract/rpc';
import type { pullAgentCalls } from '@catalyst/shared/features/pulls-link';
import type { Supervisor } from '../../servers/supervisor.ts';
import type { FilePulls } from '../pulls/file-pulls.ts';
import { pathFromBase64 } from '../server-path.ts';
import { openFolder } from './open-folder.ts';

interface PullCallParts {
  supervisor: Supervisor;
  pulls: FilePulls;
}

export const pullCallHandlers = ({
  supervisor,
  pulls,
}: PullCallParts): CallHandlers<typeof pullAgentCalls> => ({
  'files:pull': async ({ serverId, folderBase64, nameBase64, ...wish }) => {
    const directory = await openFolder(supervisor, serverId);
    return pulls.start(directory, {
      ...{ ...wish, serverId, folder: pathFromBase64(folderBase64) },
      name: nameBase64 === undefined ? undefined : pathFromBase64(nameBase64),
    });
  },
  'files:pulls': async ({ serverId }) => {
    await openFolder(supervisor, serverId);
    return { pulls: pulls.list(serverId) };
  },
  'files:pull-cancel': async ({ serverId, pullId }) => {
    pulls.cancel(serverId, pullId);
    return {};
  },
});
