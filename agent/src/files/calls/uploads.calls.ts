import type { CallHandlers } from '@catalyst/shared/contract/rpc';
import type { AgentUpload, uploadAgentCalls } from '@catalyst/shared/features/uploads-link';
import type { z } from 'zod';
import type { DataPlane } from '../../link/data-plane.ts';
import type { Supervisor } from '../../servers/supervisor.ts';
import { type UploadStatus, Uploads } from '../uploads/uploads.ts';
import { openFolder } from './open-folder.ts';

interface UploadCallParts {
  supervisor: Supervisor;
  dataPlane: Pick<DataPlane, 'receive'>;
}

const never = new AbortController().signal;

export const uploadCallHandlers = ({
  supervisor,
  dataPlane,
}: UploadCallParts): CallHandlers<typeof uploadAgentCalls> => {
  const open = async (serverId: string) => new Uploads(await openFolder(supervisor, serverId));
  return {
    'files:upload-begin': async ({ serverId, uploadId, ...upload }) =>
      toAnswer(await (await open(serverId)).begin({ id: uploadId, ...upload })),
    'files:upload-status': async ({ serverId, uploadId }) =>
      toAnswer(await (await open(serverId)).status(uploadId)),
    'files:upload-append': async ({ serverId, uploadId, offsetBytes, ticket }) => {
      const uploads = await open(serverId);
      const body = await dataPlane.receive(ticket, never);
      return toAnswer(await uploads.append(uploadId, offsetBytes, body));
    },
    'files:upload-cancel': async ({ serverId, uploadId }) => {
      const { pathBase64 } = await (await open(serverId)).cancel(uploadId);
      return { pathBase64 };
    },
    'files:uploads': async ({ serverId }) => {
      const uploads = await (await open(serverId)).list();
      return { uploads: uploads.map(toAnswer) };
    },
  };
};

const toAnswer = (status: UploadStatus): z.input<typeof AgentUpload> => ({
  uploadId: status.id,
  pathBase64: status.pathBase64,
  sizeBytes: status.sizeBytes,
  startedBy: status.startedBy,
  offsetBytes: status.offsetBytes,
  isFinished: status.state === 'finished',
  isJustFinished: status.isJustFinished ?? false,
  createdAt: status.createdAt,
  expiresAt: status.expiresAt,
});
