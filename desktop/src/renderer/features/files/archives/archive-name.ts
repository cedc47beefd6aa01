import { ArchiveFormat } from '@catalyst/shared/features/archives-link';

const endings: Record<string, ArchiveFormat> = {
  '.tar': 'tar',
  '.tar.gz': 'tar.gz',
  '.tgz': 'tar.gz',
  '.tar.zst': 'tar.zst',
  '.zip': 'zip',
  // What games call their zips; they unpack as such.
  '.jar': 'zip',
  '.mcpack': 'zip',
};

const endingOf = (name: string): string | undefined =>
  Object.keys(endings)
    .filter((ending) => name.toLowerCase().endsWith(ending) && name.length > ending.length)
    .sort((a, b) => b.length - a.length)[0];

export const archiveFormats = ArchiveFormat.options;

export const isArchiveName = (name: string): boolean => endingOf(name) !== undefined;

/** The name without what tells the format. */
export const archiveStem = (name: string): string =>
  name.slice(0, name.length - (endingOf(name)?.length ?? 0));

/** What a new archive of these is called. */
export function newArchiveStem(names: readonly string[], folder: string): string {
  const [first] = names;
  if (names.length === 1 && first) return first;
  return folder || 'archive';
}
