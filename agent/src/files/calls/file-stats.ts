import { AppError } from '@catalyst/shared/contract/errors';
import type { AgentFileStats } from '@catalyst/shared/features/files-link';
import type { z } from 'zod';
import type { EntryStats } from '../entry-stats.ts';
import type { ServerDirectory } from '../server-directory.ts';

type Stats = z.input<typeof AgentFileStats>;

/** What an entry is for the panel; a link is told with what it leads to. */
export async function toAgentStats(
  directory: ServerDirectory,
  path: Uint8Array,
  stats: EntryStats,
): Promise<Stats> {
  const { type, sizeBytes, mode, modifiedAt } = stats;
  return {
    ...{ type, sizeBytes, mode, modifiedAt: modifiedAt.getTime(), version: versionOf(stats) },
    ...(type === 'link' && { leadsTo: await typeBehind(directory, path) }),
  };
}

/**
 * Whatever is written through the agent is a new file of a new inode; what a game writes in place shows in time and
 * size.
 */
export function versionOf({ inode, modifiedAt, sizeBytes }: EntryStats): string {
  return [inode, modifiedAt.getTime(), sizeBytes].map((number) => number.toString(36)).join('-');
}

async function typeBehind(directory: ServerDirectory, path: Uint8Array): Promise<Stats['type'] | null> {
  try {
    return (await directory.stat(path, { links: 'follow' })).type;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
