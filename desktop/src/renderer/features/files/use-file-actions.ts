import type { FileEntry } from '@catalyst/shared/features/files';
import type { Server } from '@catalyst/shared/features/servers';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { sentenceOf } from '../../api/errors.ts';
import { copyText } from '../../components/copy-text.ts';
import { trackOperation } from '../operations/local-operations.ts';
import { useArchives } from './archives/use-archives.ts';
import { downloadPaths, renamePath } from './file-calls.ts';
import { fileClipboard } from './file-clipboard.ts';
import type { FileCommand } from './file-commands.ts';
import { entryKey, isFolder, isOpenable } from './file-list.ts';
import { type FilePath, nameOf, shownPath } from './file-path.ts';
import { type FolderArrival, fileAddress, folderAddress } from './files-address.ts';
import { copyPaths, movePaths, type PlaceResult } from './place-paths.ts';
import { useFollowPull } from './pulls/use-pull.ts';
import { strings } from './strings.ts';
import { useRefreshFolders } from './use-folder.ts';

export type FileDialog =
  | { kind: 'search' }
  | { kind: 'sftp' }
  | { kind: 'pull' }
  | { kind: 'extract'; entry: FileEntry }
  | { kind: 'new'; type: 'file' | 'folder' }
  | { kind: 'delete' | 'permissions' | 'move' | 'compress'; entries: readonly FileEntry[] };

/** What is done with files of a folder, and the question that stands open about it. */
export function useFileActions(server: Pick<Server, 'id' | 'name'>, folder: FilePath) {
  const navigate = useNavigate();
  const refresh = useRefreshFolders(server.id);
  const follow = useArchives(server);
  const followPull = useFollowPull(server);
  const [dialog, setDialog] = useState<FileDialog>();
  const [renamedKey, setRenamedKey] = useState<string>();
  const pathOf = (entry: FileEntry): FilePath => [...folder, nameOf(entry)];

  const addressOf = (entry: FileEntry): string | undefined => {
    if (!isOpenable(entry)) return undefined;
    return (isFolder(entry) ? folderAddress : fileAddress)(server.id, pathOf(entry));
  };
  const open = (entry: FileEntry) => {
    const address = addressOf(entry);
    if (address) navigate(address, { state: {} satisfies FolderArrival });
  };
  const tell = ({ placed, refused }: PlaceResult, kind: 'moved' | 'copied') => {
    if (placed > 0) notifications.show({ message: strings[kind](placed) });
    const title = kind === 'moved' ? strings.notMoved : strings.notCopied;
    for (const { name, error } of refused.slice(0, 3)) {
      notifications.show({ color: 'red', title: title(name), message: sentenceOf(error) });
    }
  };
  const move = async (paths: readonly FilePath[], from: FilePath, to: FilePath) => {
    const result = await movePaths(server.id, paths, to);
    await refresh(from, to);
    tell(result, 'moved');
  };
  const copy = async (paths: readonly FilePath[], to: FilePath) => {
    const operation = {
      title: strings.copying(paths.length, server.name),
      path: folderAddress(server.id, to),
      failure: sentenceOf,
    };
    const copying = copyPaths(server.id, paths, to);
    const whole = copying.then(({ refused: [first] }) => {
      if (first) throw first.error;
    });
    // What was refused is told for each of them.
    await trackOperation(operation, whole).catch(() => undefined);
    await refresh(to);
    tell(await copying, 'copied');
  };
  const paste = () => {
    const held = fileClipboard.get();
    if (held?.serverId !== server.id) return;
    const paths = held.names.map((name) => [...held.folder, name]);
    if (held.kind === 'copy') return void copy(paths, folder);
    fileClipboard.set(null);
    void move(paths, held.folder, folder);
  };
  const rename = async (entry: FileEntry, name: string) => {
    setRenamedKey(undefined);
    try {
      await renamePath(server.id, pathOf(entry), [...folder, { text: name }]);
    } catch (error) {
      notifications.show({
        ...{ color: 'red', title: strings.renameFailed(entry.name), message: sentenceOf(error) },
      });
    }
    await refresh(folder);
  };

  const run = (command: FileCommand, entries: readonly FileEntry[]) => {
    const [first] = entries;
    if (command === 'paste') paste();
    if (!first) return;
    if (command === 'open') open(first);
    if (command === 'download') downloadPaths(server.id, entries.map(pathOf));
    if (command === 'rename') setRenamedKey(entryKey(first));
    if (command === 'cut' || command === 'copy') {
      fileClipboard.set({ serverId: server.id, folder, kind: command, names: entries.map(nameOf) });
      const done = command === 'cut' ? strings.cutDone : strings.copyDone;
      notifications.show({ message: done(entries.length) });
    }
    if (command === 'copyPath') void copyText(shownPath(pathOf(first))).then(sayCopied);
    if (command === 'extract') setDialog({ kind: command, entry: first });
    if (['move', 'compress', 'permissions', 'delete'].includes(command)) {
      setDialog({ kind: command as 'move' | 'compress' | 'permissions' | 'delete', entries });
    }
  };

  return {
    ...{ dialog, setDialog, renamedKey, pathOf, addressOf, open, rename, run, follow, followPull },
    endRename: () => setRenamedKey(undefined),
    refresh: () => refresh(folder),
    moveTo: (entries: readonly FileEntry[], to: FilePath) => move(entries.map(pathOf), folder, to),
  };
}

function sayCopied(isCopied: boolean): void {
  if (isCopied) notifications.show({ message: strings.pathCopied });
}
