import { z } from 'zod';
import { NoContent, route } from '../contract/route.ts';
import { Id, Timestamp } from '../contract/values.ts';
import { fileSize } from './files-link.ts';
import { ServerParams } from './servers.ts';

export const FileUpload = z
  .object({
    id: Id,
    path: z.string(),
    pathBase64: z.string().optional(),
    /** All of it. */
    sizeBytes: fileSize,
    /** What has come of it. */
    offsetBytes: fileSize,
    isFinished: z.boolean(),
    /** The name of who began it. */
    startedBy: z.string(),
    createdAt: Timestamp,
    /** When it is given up, unless something comes before. */
    expiresAt: Timestamp,
  })
  .meta({ id: 'FileUpload' });
export type FileUpload = z.output<typeof FileUpload>;

const UploadParams = ServerParams.extend({ uploadId: Id });
const tags = ['Files'];

/** Uploads by the tus protocol (1.0.0), which go on where they broke off: `Upload-Metadata` says where the file goes. */
export const uploadRoutes = {
  begin: route({
    method: 'POST',
    url: '/api/servers/:id/files/uploads',
    config: { permission: 'file.write', audit: 'file.begin-upload', onServer: true, stream: 'upload' },
    schema: {
      summary:
        'Begin a resumable upload (tus 1.0.0) of `Upload-Length` bytes; `Upload-Metadata` has `path` or `pathBase64`, and may have `replace` and `expectedVersion`',
      tags,
      params: ServerParams,
      response: { 201: FileUpload },
    },
  }),
  list: route({
    method: 'GET',
    url: '/api/servers/:id/files/uploads',
    config: { permission: 'file.write', onServer: true },
    schema: {
      summary: 'The resumable uploads that are not finished',
      tags,
      params: ServerParams,
      response: { 200: z.object({ items: z.array(FileUpload), nextCursor: z.null() }) },
    },
  }),
  get: route({
    method: 'GET',
    url: '/api/servers/:id/files/uploads/:uploadId',
    config: { permission: 'file.write', onServer: true },
    schema: {
      summary: 'How much of a resumable upload has come; HEAD tells it in the headers of tus',
      tags,
      params: UploadParams,
      response: { 200: FileUpload },
    },
  }),
  append: route({
    method: 'PATCH',
    url: '/api/servers/:id/files/uploads/:uploadId',
    config: { permission: 'file.write', audit: 'file.upload', onServer: true, stream: 'upload' },
    schema: {
      summary:
        'Go on with a resumable upload at `Upload-Offset`; after its last byte the file is in its place',
      tags,
      params: UploadParams,
      response: { 204: NoContent },
    },
  }),
  cancel: route({
    method: 'DELETE',
    url: '/api/servers/:id/files/uploads/:uploadId',
    config: { permission: 'file.write', audit: 'file.cancel-upload', onServer: true },
    schema: {
      summary: 'Give a resumable upload up; what has come of it is deleted',
      tags,
      params: UploadParams,
      response: { 204: NoContent },
    },
  }),
};
