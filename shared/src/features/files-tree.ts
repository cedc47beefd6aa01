import { z } from 'zod';
import { NoContent, route } from '../contract/route.ts';
import { Timestamp } from '../contract/values.ts';
import { FileStats } from './files.ts';
import { FileType, fileSize, mostAtOnce } from './files-link.ts';
import { ChecksumAlgorithm, DiskUsage, mostFound, SearchEnd, SkipReason } from './files-tree-link.ts';
import { ServerParams } from './servers.ts';

const tags = ['Files'];
const path = z.string().max(20_000);
const onPath = { path: path.optional(), pathBase64: path.optional() };
const OnPath = z.strictObject(onPath);
const several = z.array(path).max(mostAtOnce).default([]);
const yesOrNo = z.enum(['true', 'false']).default('false');

export const FilesIntoFolder = z.strictObject({
  paths: several,
  pathsBase64: several,
  /** The folder they go into; the server's own when left out. */
  to: path.optional(),
  toBase64: path.optional(),
  /** What the one entry is called there, when it is to have another name. */
  newName: z.string().max(255).optional(),
  replace: z.boolean().default(false),
});

const foundPath = { path: z.string(), pathBase64: z.string().optional() };

export const CopiedFiles = z
  .object({
    copiedBytes: fileSize,
    copiedEntries: z.int(),
    skippedCount: z.int(),
    /** The first hundred of what could not be copied. */
    skipped: z.array(z.object({ ...foundPath, reason: SkipReason })),
  })
  .meta({ id: 'CopiedFiles' });

/** A name that was found has what stands at it; a line of a file has its number and its text. */
export const FoundFile = z
  .object({
    /** Below the folder that was searched. */
    ...foundPath,
    type: FileType.optional(),
    sizeBytes: fileSize.optional(),
    modifiedAt: Timestamp.optional(),
    /** Counted from 1. */
    line: z.int().optional(),
    /** At most 500 characters of the line. */
    text: z.string().optional(),
  })
  .meta({ id: 'FoundFile' });
export type FoundFile = z.output<typeof FoundFile>;

export const fileTreeRoutes = {
  copy: route({
    method: 'POST',
    url: '/api/servers/:id/files/copy',
    config: { permission: 'file.write', audit: 'file.copy', onServer: true },
    schema: {
      summary:
        'Copy files, links and folders into a folder. Unless `replace` is set, nothing is copied when one of the names is taken there',
      tags,
      params: ServerParams,
      body: FilesIntoFolder,
      response: { 200: CopiedFiles },
    },
  }),
  move: route({
    method: 'POST',
    url: '/api/servers/:id/files/move',
    config: { permission: 'file.write', audit: 'file.move', onServer: true },
    schema: {
      summary:
        'Move files, links and folders into a folder. Unless `replace` is set, nothing is moved when one of the names is taken there',
      tags,
      params: ServerParams,
      body: FilesIntoFolder,
      response: { 204: NoContent },
    },
  }),
  search: route({
    method: 'GET',
    url: '/api/servers/:id/files/search',
    config: { permission: 'file.read', onServer: true },
    schema: {
      summary:
        'Find names (`name`, with `*` and `?`) or lines of text files (`text`) in a folder and all below it, for at most ten seconds',
      tags,
      params: ServerParams,
      querystring: z.strictObject({
        ...onPath,
        name: z.string().max(255).optional(),
        text: z.string().max(1000).optional(),
        /** Takes `text` as a regular expression, which is tried on each line by itself. */
        isRegularExpression: yesOrNo,
        isCaseSensitive: yesOrNo,
        most: z.coerce.number().int().min(1).max(mostFound).default(200),
      }),
      response: {
        200: z.object({
          items: z.array(FoundFile),
          /** Whether everything was searched, or there may be more. */
          endedBy: SearchEnd,
        }),
      },
    },
  }),
  checksum: route({
    method: 'GET',
    url: '/api/servers/:id/files/checksum',
    config: { permission: 'file.read', onServer: true },
    schema: {
      summary: 'The checksum of a file, read on its node',
      tags,
      params: ServerParams,
      querystring: z.strictObject({ ...onPath, algorithm: ChecksumAlgorithm.default('sha256') }),
      response: { 200: z.object({ algorithm: ChecksumAlgorithm, hex: z.string(), sizeBytes: fileSize }) },
    },
  }),
  usage: route({
    method: 'GET',
    url: '/api/servers/:id/files/usage',
    config: { permission: 'file.read', onServer: true },
    schema: {
      summary: 'How much of the disk a file takes, or a folder with all that is in it',
      tags,
      params: ServerParams,
      querystring: OnPath,
      response: { 200: DiskUsage },
    },
  }),
  times: route({
    method: 'POST',
    url: '/api/servers/:id/files/times',
    config: { permission: 'file.write', audit: 'file.times', onServer: true },
    schema: {
      summary: 'Set when a file was last written, as programs do that keep two folders alike',
      tags,
      params: ServerParams,
      body: z.strictObject({ ...onPath, modifiedAt: Timestamp }),
      response: { 200: FileStats },
    },
  }),
};
