import { z } from 'zod';
import { NoContent, route } from '../contract/route.ts';
import { Id } from '../contract/values.ts';
import { ArchiveFormat, FileTask, mostArchiveEntriesListed } from './archives-link.ts';
import { onPath, several } from './files.ts';
import { FileType, fileSize } from './files-link.ts';
import { ServerParams } from './servers.ts';

const tags = ['Files'];
const to = { to: z.string().max(20_000).optional(), toBase64: z.string().max(20_000).optional() };
const entries = { paths: several(z.string().max(20_000)), pathsBase64: several(z.string().max(20_000)) };

export const Compression = z.strictObject({
  /** All of one folder. */
  ...entries,
  /** The archive; beside what is packed, and named after it, when left out. */
  ...to,
  /** What the name of the archive says, else `tar.gz`. */
  format: ArchiveFormat.optional(),
  replace: z.boolean().default(false),
});

export const Decompression = z.strictObject({
  ...onPath,
  /** A folder, made when it is missing; that of the archive when left out. */
  ...to,
  /** Files that are there already; without it they are in the way. */
  replace: z.boolean().default(false),
});

export const ArchiveDownload = z.strictObject({ ...entries, format: ArchiveFormat.default('zip') });

/** As the archive says; `pathBase64` is there when the bytes of the path are not UTF-8. */
export const ArchiveEntry = z
  .object({
    path: z.string(),
    pathBase64: z.string().optional(),
    type: FileType,
    sizeBytes: fileSize,
    /** Permission bits in octal; null where the archive has none. */
    mode: z.string().nullable(),
    modifiedAt: z.number(),
  })
  .meta({ id: 'ArchiveEntry' });
export type ArchiveEntry = z.output<typeof ArchiveEntry>;

const Task = FileTask.meta({ id: 'FileTask' });
const OnTask = z.strictObject({ id: Id, taskId: Id });

export const archiveRoutes = {
  compress: route({
    method: 'POST',
    url: '/api/servers/:id/files/compress',
    config: { permission: 'file.write', audit: 'file.compress', onServer: true },
    schema: {
      summary:
        'Begin to pack files and folders into a tar, tar.gz, tar.zst or zip; takes `file.read`, too. Its progress is told by `file_task_progress`',
      tags,
      params: ServerParams,
      body: Compression,
      response: { 202: Task },
    },
  }),
  decompress: route({
    method: 'POST',
    url: '/api/servers/:id/files/decompress',
    config: { permission: 'file.write', audit: 'file.decompress', onServer: true },
    schema: {
      summary:
        'Begin to unpack a tar, tar.gz, tar.zst or zip, as a whole or not at all; takes `file.read`, too. Its progress is told by `file_task_progress`',
      tags,
      params: ServerParams,
      body: Decompression,
      response: { 202: Task },
    },
  }),
  list: route({
    method: 'GET',
    url: '/api/servers/:id/files/archive',
    config: { permission: 'file.read', onServer: true },
    schema: {
      summary: 'What is in an archive, in its order; nothing is unpacked',
      tags,
      params: ServerParams,
      querystring: z.strictObject({
        ...onPath,
        limit: z.coerce.number().int().min(1).max(mostArchiveEntriesListed).default(100),
        cursor: z
          .string()
          .regex(/^\d{1,6}$/, 'is not a cursor of this list')
          .optional(),
      }),
      response: { 200: z.object({ items: z.array(ArchiveEntry), nextCursor: z.string().nullable() }) },
    },
  }),
  download: route({
    method: 'POST',
    url: '/api/servers/:id/files/download',
    config: { permission: 'file.read', audit: 'file.download', onServer: true, stream: 'download' },
    schema: {
      summary: 'Files and folders of one folder as an archive, which is made while it is sent',
      tags,
      params: ServerParams,
      body: ArchiveDownload,
      response: { 200: z.any().meta({ description: 'The archive' }) },
    },
  }),
  tasks: route({
    method: 'GET',
    url: '/api/servers/:id/files/tasks',
    config: { permission: 'file.read', onServer: true },
    schema: {
      summary: 'What is packed and unpacked, and how the latest of it ended',
      tags,
      params: ServerParams,
      response: { 200: z.object({ items: z.array(Task) }) },
    },
  }),
  task: route({
    method: 'GET',
    url: '/api/servers/:id/files/tasks/:taskId',
    config: { permission: 'file.read', onServer: true },
    schema: {
      summary: 'How far a task is, or how it ended',
      tags,
      params: OnTask,
      response: { 200: Task },
    },
  }),
  cancel: route({
    method: 'DELETE',
    url: '/api/servers/:id/files/tasks/:taskId',
    config: { permission: 'file.write', audit: 'file.cancel-task', onServer: true },
    schema: {
      summary: 'Stop packing or unpacking; nothing of it stays',
      tags,
      params: OnTask,
      response: { 204: NoContent },
    },
  }),
};

/** Panel → browsers and programs. */
export const archiveClientEvents = {
  file_task_progress: {
    summary: 'How far the packing or unpacking of files has come',
    permission: 'file.read',
    payload: Task,
  },
} as const;
