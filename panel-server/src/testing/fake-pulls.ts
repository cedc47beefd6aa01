import { AppError } from '@catalyst/shared/contract/errors';
import type { CallHandlers } from '@catalyst/shared/contract/rpc';
import type { AgentPull, pullAgentCalls } from '@catalyst/shared/features/pulls-link';

/** What a fake agent does with files from the web: they begin to come, and never end. */
export function fakePulls(): CallHandlers<typeof pullAgentCalls> {
  const all = new Map<string, AgentPull>();
  return {
    'files:pull': ({ serverId, pullId, url, folderBase64, nameBase64 }) => {
      const folder = Buffer.from(folderBase64, 'base64').toString();
      const name = nameBase64 ? Buffer.from(nameBase64, 'base64').toString() : 'download';
      const pull: AgentPull = {
        ...{ id: pullId, serverId, source: url, status: 'running', doneBytes: 0, totalBytes: null },
        pathBase64: Buffer.from(folder === '' ? name : `${folder}/${name}`).toString('base64'),
        ...{ error: null, startedAt: Date.now() },
      };
      all.set(pullId, pull);
      return pull;
    },
    'files:pulls': ({ serverId }) => ({
      pulls: [...all.values()].filter((one) => one.serverId === serverId),
    }),
    'files:pull-cancel': ({ serverId, pullId }) => {
      const pull = all.get(pullId);
      if (pull?.serverId !== serverId) throw new AppError('not_found', 'There is no such download');
      pull.status = 'cancelled';
      return {};
    },
  };
}
