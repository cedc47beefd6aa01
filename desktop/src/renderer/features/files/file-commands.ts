import type { FileEntry } from '@catalyst/shared/features/files';
import { mostAtOnce } from '@catalyst/shared/features/files-link';
import { isArchiveName } from './archives/archive-name.ts';
import { isFolder, isOpenable } from './file-list.ts';

export const fileCommands = [
  'open',
  'download',
  'rename',
  'cut',
  'copy',
  'paste',
  'move',
  'compress',
  'extract',
  'permissions',
  'copyPath',
  'delete',
] as const;
export type FileCommand = (typeof fileCommands)[number];

/** What a person may do with the files of a server. */
export interface FileRights {
  mayWrite: boolean;
  mayDelete: boolean;
}

/** What can be done with what is picked; with nothing picked, in the folder itself. */
export function commandsFor(
  picked: readonly FileEntry[],
  { mayWrite, mayDelete }: FileRights,
  hasClipboard: boolean,
): FileCommand[] {
  const [first] = picked;
  const isOne = picked.length === 1;
  const applies: Record<FileCommand, boolean> = {
    open: isOne && first !== undefined && isOpenable(first),
    download: picked.length > 0 && picked.every((entry) => isFile(entry) || isFolder(entry)),
    rename: isOne && mayWrite,
    cut: picked.length > 0 && mayWrite,
    copy: picked.length > 0 && mayWrite,
    paste: picked.length === 0 && mayWrite && hasClipboard,
    move: picked.length > 0 && mayWrite,
    compress: picked.length > 0 && picked.length <= mostAtOnce && mayWrite,
    extract: isOne && mayWrite && first !== undefined && isFile(first) && isArchiveName(first.name),
    // The bits of a link itself mean nothing.
    permissions: picked.length > 0 && mayWrite && picked.every(({ type }) => type !== 'link'),
    copyPath: isOne,
    delete: picked.length > 0 && mayDelete,
  };
  return fileCommands.filter((command) => applies[command]);
}

const isFile = ({ type, leadsTo }: FileEntry): boolean => type === 'file' || leadsTo === 'file';
