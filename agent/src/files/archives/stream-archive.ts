import type { ArchiveFormat } from '@catalyst/shared/features/archives-link';
import type { Access } from '../access.ts';
import { systemError } from '../file-errors.ts';
import { lookAt } from '../look-at-all.ts';
import { walkToFolder } from '../walk.ts';
import { ArchiveProgress } from './archive-progress.ts';
import { TreePacking } from './pack-tree.ts';
import { openPacker } from './packer.ts';

/** Packs entries of a folder, or without any all that is in it, and gives it as it comes. Nothing is written. */
export async function* streamArchive(
  access: Access,
  folderNames: readonly Buffer[],
  entries: readonly Buffer[],
  format: ArchiveFormat,
): AsyncGenerator<Buffer, void> {
  using place = await walkToFolder(access.root, folderNames);
  for (const name of entries) if (!(await lookAt(place.folder, name))) throw systemError('ENOENT');
  const packer = await openPacker(format);
  const options = { isLimited: false, progress: new ArchiveProgress(), signal: undefined };
  const packing = new TreePacking(access, packer, options);
  const packed = packing.pack(place.folder, place.way, entries).catch((error) => packer.destroy(error));
  try {
    yield* packer.output;
  } finally {
    packer.destroy(new Error('Nobody reads this any more'));
    await packed;
  }
}
