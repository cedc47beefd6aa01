import { z } from 'zod';
import { Id } from '../contract/values.ts';
import { AgentFileStats, fileSize, mostAtOnce, PathBytes } from './files-link.ts';

export const mostFound = 1000;
export const ChecksumAlgorithm = z.enum(['sha256', 'sha1', 'md5']);
export const SearchEnd = z.enum(['end', 'matches', 'time']);

/** What copies leave out, and why. */
export const SkipReason = z.enum(['not_a_file', 'leads_outside', 'foreign_hard_link', 'mount']);

const count = z.int().min(0);
export const DiskUsage = z
  .object({
    /** As `du` counts: blocks, not sizes, and an inode with several names once. */
    allocatedBytes: fileSize,
    fileCount: count,
    /** The measured folder included. */
    folderCount: count,
    /** Folders something else is mounted on; not counted in anything above. */
    mountCount: count,
  })
  .meta({ id: 'DiskUsage' });

const onServer = z.strictObject({ serverId: Id });
const onFile = onServer.extend({ pathBase64: PathBytes });
const intoFolder = onServer.extend({
  pathsBase64: z.array(PathBytes).min(1).max(mostAtOnce),
  /** The folder they go into. */
  toBase64: PathBytes,
  /** What the one entry is called there, when not as before. */
  newNameBase64: PathBytes.optional(),
  replace: z.boolean().default(false),
});
const found = { pathBase64: PathBytes };

/** How long the agent works on what goes through whole trees; the panel waits a little longer. */
export const treeWorkMs = 10 * 60_000;
const longMs = treeWorkMs + 5000;

/** Panel → agent: what goes through trees. Paths that were found are below the folder that was searched. */
export const fileTreeAgentCalls = {
  'files:copy': {
    summary: 'Copy files, links and folders into a folder',
    input: intoFolder,
    output: z.object({
      copiedBytes: fileSize,
      copiedEntries: count,
      skippedCount: count,
      /** The first hundred; their paths begin with the name of what was copied. */
      skipped: z.array(z.object({ ...found, reason: SkipReason })).max(100),
    }),
    timeoutMs: longMs,
  },
  'files:move': {
    summary: 'Move files, links and folders into a folder',
    input: intoFolder,
    output: z.object({}),
    timeoutMs: longMs,
  },
  'files:search-names': {
    summary: 'What is called like this in a folder and all below it',
    input: onFile.extend({
      name: z.string().max(255),
      isCaseSensitive: z.boolean(),
      most: z.int().min(1).max(mostFound),
    }),
    output: z.object({
      found: z.array(z.object({ ...found, ...AgentFileStats.shape })).max(mostFound),
      endedBy: SearchEnd,
    }),
    timeoutMs: 20_000,
  },
  'files:search-contents': {
    summary: 'The lines of files in a folder, and all below it, that have this text',
    input: onFile.extend({
      text: z.string().max(1000),
      isRegularExpression: z.boolean(),
      isCaseSensitive: z.boolean(),
      most: z.int().min(1).max(mostFound),
    }),
    output: z.object({
      found: z.array(z.object({ ...found, line: count, text: z.string().max(500) })).max(mostFound),
      endedBy: SearchEnd,
    }),
    timeoutMs: 20_000,
  },
  'files:checksum': {
    summary: 'Read a file and tell its checksum',
    input: onFile.extend({ algorithm: ChecksumAlgorithm }),
    output: z.object({ hex: z.string().regex(/^[0-9a-f]{32,64}$/), sizeBytes: fileSize }),
    timeoutMs: longMs,
  },
  'files:usage': {
    summary: 'Measure a file, or a folder with all that is in it',
    input: onFile,
    output: DiskUsage,
    timeoutMs: longMs,
  },
  'files:times': {
    summary: 'Set the time a file was last written, in milliseconds',
    input: onFile.extend({ modifiedAt: z.number() }),
    output: AgentFileStats,
  },
} as const;
