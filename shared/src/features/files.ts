import { z } from 'zod';
import { NoContent, route } from '../contract/route.ts';
import { Timestamp } from '../contract/values.ts';
import { ArchiveFormat } from './archives-link.ts';
import {
  FileType,
  FileVersion,
  fileSize,
  ListCursor,
  maxTextBytes,
  mostAtOnce,
  mostListed,
} from './files-link.ts';
import { ServerParams } from './servers.ts';

const tags = ['Files'];

const stats = {
  type: FileType,
  sizeBytes: fileSize,
  /** Permission bits in octal, like `0644`. */
  mode: z.string(),
  modifiedAt: Timestamp,
  /** Changes with whatever is written to the file. */
  version: FileVersion,
  /** Of a link: what it leads to, null when that is nothing, or nothing in the server's folder. */
  leadsTo: FileType.nullable().optional(),
};
export const FileStats = z.object(stats).meta({ id: 'FileStats' });
export type FileStats = z.output<typeof FileStats>;

/** `nameBase64` is there when the bytes of the name are not UTF-8; `name` is only to be looked at then. */
export const FileEntry = z
  .object({ name: z.string(), nameBase64: z.string().optional(), ...stats })
  .meta({ id: 'FileEntry' });
export type FileEntry = z.output<typeof FileEntry>;

// What is wrong with a path is told by the panel in words, with 400.
const path = z.string().max(20_000);
const pathBase64 = z.string().max(20_000);
export const onPath = { path: path.optional(), pathBase64: pathBase64.optional() };
const OnPath = z.strictObject(onPath);
const contentLimit = `must be at most ${maxTextBytes} bytes; upload it instead`;

export const FileText = FileStats.extend({ content: z.string() }).meta({ id: 'FileText' });
export type FileText = z.output<typeof FileText>;

export const UploadedFile = FileStats.extend({ path: z.string(), pathBase64: z.string().optional() }).meta({
  id: 'UploadedFile',
});
export type UploadedFile = z.output<typeof UploadedFile>;

export const NewFileText = z.strictObject({
  ...onPath,
  content: z
    .string()
    .refine((text) => text.isWellFormed(), 'must be valid Unicode')
    .refine((text) => new TextEncoder().encode(text).length <= maxTextBytes, contentLimit),
  /** That of the file when it was read: what somebody else has saved since is not overwritten. */
  expectedVersion: FileVersion.optional(),
});

export const NewFile = z.strictObject({ ...onPath, type: z.enum(['file', 'folder']).default('file') });

export const FileMove = z.strictObject({
  ...onPath,
  to: path.optional(),
  toBase64: pathBase64.optional(),
  replace: z.boolean().default(false),
});

export const FileMode = z.strictObject({
  ...onPath,
  mode: z.string().regex(/^[0-7]{3,4}$/, 'must be three or four octal digits'),
});

export const several = (item: z.ZodString) => z.array(item).max(mostAtOnce).default([]);
export const FilesToDelete = z.strictObject({ paths: several(path), pathsBase64: several(pathBase64) });

export const fileRoutes = {
  list: route({
    method: 'GET',
    url: '/api/servers/:id/files',
    config: { permission: 'file.read', onServer: true },
    schema: {
      summary: "A page of a folder, of the server's own without a path: folders first, sorted by name",
      tags,
      params: ServerParams,
      querystring: z.strictObject({
        ...onPath,
        limit: z.coerce.number().int().min(1).max(mostListed).default(100),
        cursor: ListCursor.optional(),
      }),
      response: { 200: z.object({ items: z.array(FileEntry), nextCursor: z.string().nullable() }) },
    },
  }),
  stat: route({
    method: 'GET',
    url: '/api/servers/:id/files/stat',
    config: { permission: 'file.read', onServer: true },
    schema: {
      summary: 'What has this path: a file, a folder, a link',
      tags,
      params: ServerParams,
      querystring: OnPath,
      response: { 200: FileStats },
    },
  }),
  read: route({
    method: 'GET',
    url: '/api/servers/:id/files/content',
    config: { permission: 'file.read', onServer: true },
    schema: {
      summary: 'A text file (UTF-8, at most 1 MiB) with its version',
      tags,
      params: ServerParams,
      querystring: OnPath,
      response: { 200: FileText },
    },
  }),
  write: route({
    method: 'PUT',
    url: '/api/servers/:id/files/content',
    config: { permission: 'file.write', audit: 'file.write', onServer: true },
    schema: {
      summary: 'Save a text file as a whole; with `expectedVersion` only over what was read',
      tags,
      params: ServerParams,
      body: NewFileText,
      response: { 200: FileStats },
    },
  }),
  create: route({
    method: 'POST',
    url: '/api/servers/:id/files/create',
    config: { permission: 'file.write', audit: 'file.create', onServer: true },
    schema: {
      summary: 'Make an empty file or a folder',
      tags,
      params: ServerParams,
      body: NewFile,
      response: { 201: FileStats },
    },
  }),
  rename: route({
    method: 'POST',
    url: '/api/servers/:id/files/rename',
    config: { permission: 'file.write', audit: 'file.rename', onServer: true },
    schema: {
      summary:
        'Give a file, a link or a folder another path, on which there must be nothing unless `replace` is set',
      tags,
      params: ServerParams,
      body: FileMove,
      response: { 204: NoContent },
    },
  }),
  chmod: route({
    method: 'POST',
    url: '/api/servers/:id/files/chmod',
    config: { permission: 'file.write', audit: 'file.chmod', onServer: true },
    schema: {
      summary: 'Set the permission bits; setuid, setgid and sticky are dropped',
      tags,
      params: ServerParams,
      body: FileMode,
      response: { 200: FileStats },
    },
  }),
  delete: route({
    method: 'DELETE',
    url: '/api/servers/:id/files',
    config: { permission: 'file.delete', audit: 'file.delete', onServer: true },
    schema: {
      summary: 'Delete files, links and folders with all that is in them',
      tags,
      params: ServerParams,
      body: FilesToDelete,
      response: { 204: NoContent },
    },
  }),
  download: route({
    method: 'GET',
    url: '/api/servers/:id/files/download',
    config: { permission: 'file.read', onServer: true, stream: 'download' },
    schema: {
      summary:
        'A file, or with `Range` a part of it; `If-Range` and `If-None-Match` take its ETag. A folder comes as an archive (zip without `format`), which is made while it is sent',
      tags,
      params: ServerParams,
      querystring: OnPath.extend({ format: ArchiveFormat.optional() }),
      response: {
        200: z.any().meta({ description: 'application/octet-stream' }),
        206: z.any().meta({ description: 'The part that was asked for' }),
      },
    },
  }),
  upload: route({
    method: 'POST',
    url: '/api/servers/:id/files/upload',
    config: { permission: 'file.write', audit: 'file.upload', onServer: true, stream: 'upload' },
    schema: {
      summary:
        'Write a file, the body of the request, to a path. What is there is replaced as a whole, when all has come, unless `replace` is false. The files of a form (`multipart/form-data`) go into the folder `path`. A setting of the panel says how large one request may be (100 MB)',
      tags,
      params: ServerParams,
      querystring: z.strictObject({ ...onPath, replace: z.enum(['true', 'false']).default('true') }),
      response: { 201: z.union([FileStats, z.object({ items: z.array(UploadedFile) })]) },
    },
  }),
};
