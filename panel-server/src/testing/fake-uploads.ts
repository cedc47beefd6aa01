import { AppError } from '@catalyst/shared/contract/errors';
import type { CallHandlers } from '@catalyst/shared/contract/rpc';
import type { uploadAgentCalls } from '@catalyst/shared/features/uploads-link';
import type { FakeFiles } from './fake-files.ts';

interface Unfinished {
  serverId: string;
  uploadId: string;
  pathBase64: string;
  sizeBytes: number;
  startedBy: string;
  replace: boolean;
  content: Buffer;
  isFinished: boolean;
}

/** What a fake agent does with uploads that come in pieces. */
export function fakeUploads(files: FakeFiles): CallHandlers<typeof uploadAgentCalls> {
  const all = new Map<string, Unfinished>();
  const find = ({ serverId, uploadId }: { serverId: string; uploadId: string }) => {
    const upload = all.get(uploadId);
    if (upload?.serverId !== serverId) throw new AppError('not_found', 'There is no such upload');
    return upload;
  };
  const told = ({ content, serverId: _server, replace: _replace, ...upload }: Unfinished) => ({
    ...upload,
    offsetBytes: upload.isFinished ? upload.sizeBytes : content.length,
    ...{ createdAt: Date.now(), expiresAt: Date.now() + 24 * 3_600_000 },
  });
  const finishIfWhole = (upload: Unfinished) => {
    if (upload.isFinished || upload.content.length < upload.sizeBytes) return { isJustFinished: false };
    const path = Buffer.from(upload.pathBase64, 'base64');
    if (!upload.replace && files.paths(upload.serverId).includes(path.toString('latin1'))) {
      all.delete(upload.uploadId);
      throw new AppError('conflict', 'There is already something of this name');
    }
    files.put(upload.serverId, path, upload.content);
    upload.isFinished = true;
    return { isJustFinished: true };
  };
  return {
    'files:upload-begin': ({ serverId, uploadId, ...wish }) => {
      const upload = { ...wish, serverId, uploadId, content: Buffer.alloc(0), isFinished: false };
      all.set(uploadId, upload);
      const { isJustFinished } = finishIfWhole(upload);
      return { ...told(upload), isJustFinished };
    },
    'files:upload-status': (input) => {
      const upload = find(input);
      const { isJustFinished } = finishIfWhole(upload);
      return { ...told(upload), isJustFinished };
    },
    'files:upload-append': async ({ offsetBytes, ticket, ...input }) => {
      const upload = find(input);
      if (offsetBytes !== upload.content.length) throw new AppError('conflict', 'It goes on elsewhere');
      const take = (chunk: Buffer) => {
        upload.content = Buffer.concat([upload.content, chunk]);
      };
      await files.fetchInto(ticket, take);
      const { isJustFinished } = finishIfWhole(upload);
      return { ...told(upload), isJustFinished };
    },
    'files:upload-cancel': (input) => {
      const { pathBase64, uploadId } = find(input);
      all.delete(uploadId);
      return { pathBase64 };
    },
    'files:uploads': ({ serverId }) => ({
      uploads: [...all.values()].filter((one) => one.serverId === serverId && !one.isFinished).map(told),
    }),
  };
}
