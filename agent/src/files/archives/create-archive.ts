import { AppError } from '@catalyst/shared/contract/errors';
import type { ArchiveFormat } from '@catalyst/shared/features/archives-link';
import type { Access } from '../access.ts';
import type { EntryStats } from '../entry-stats.ts';
import { systemError } from '../file-errors.ts';
import { lookAt } from '../look-at-all.ts';
import { replaceFile } from '../replace-file.ts';
import { joinNames } from '../server-path.ts';
import { walkToEntry, walkToFolder } from '../walk.ts';
import { ArchiveProgress, type ArchiveTotals } from './archive-progress.ts';
import { measureEntries } from './measure-entries.ts';
import { TreePacking } from './pack-tree.ts';
import { openPacker, type Packer } from './packer.ts';

export interface CreateArchiveOptions {
  format: ArchiveFormat;
  /** What to do when there is something of the archive's name; refuse (`conflict`) when left out. */
  ifExists?: 'replace' | 'refuse';
  onProgress?: (totals: ArchiveTotals) => void;
  signal?: AbortSignal;
}

export interface CreatedArchive {
  stats: EntryStats;
  /** FIFOs, sockets, devices, mounts, links that lead out, and hard links to files of others. */
  skippedCount: number;
}

/** Packs entries of one folder into a file, which is there as a whole or not at all. Links are packed as links. */
export async function createArchive(
  access: Access,
  folderNames: readonly Buffer[],
  entries: readonly Buffer[],
  to: readonly Buffer[],
  { format, ifExists = 'refuse', onProgress, signal }: CreateArchiveOptions,
): Promise<CreatedArchive> {
  using place = await walkToFolder(access.root, folderNames);
  using target = await walkToEntry(access.root, to);
  const refuseReplacing = async () => {
    if (!target.name) throw systemError('EISDIR');
    const there = await lookAt(target.folder, target.name);
    if (there && ifExists === 'refuse') throw systemError('EEXIST');
    if (there && !there.isFile())
      throw new AppError('conflict', 'What has this name is no file to be replaced');
  };
  await refuseReplacing();
  const progress = new ArchiveProgress(onProgress);
  const packer = await openPacker(format);
  const except = joinNames([...target.way, ...(target.name ? [target.name] : [])]);
  const packing = new TreePacking(access, packer, { except, isLimited: true, progress, signal });
  const ended = new AbortController();
  const measuring = measureEntries(place.folder, entries, ended.signal).then(
    (bytes) => progress.setTotal(bytes),
    // Without it there is only no total.
    () => {},
  );
  const packed = packing.pack(place.folder, place.way, entries).catch((error) => packer.destroy(error));
  try {
    const stats = await replaceFile(
      access,
      to,
      checkedAtEnd(packer, refuseReplacing),
      signal ? { signal } : {},
    );
    return { stats, skippedCount: packing.skippedCount };
  } finally {
    ended.abort();
    packer.destroy(new AppError('conflict', 'The archive was given up'));
    await Promise.all([packed, measuring]);
  }
}

/** Something may have been made in its place while it was packed. */
async function* checkedAtEnd(packer: Packer, check: () => Promise<void>): AsyncGenerator<Buffer, void> {
  yield* packer.output;
  await check();
}
