import type { FileEntry } from '@catalyst/shared/features/files';
import type { Server } from '@catalyst/shared/features/servers';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { sentenceOf } from '../../api/errors.ts';
import { copyText } from '../../components/copy-text.ts';
import { downloadPaths, renamePath } from './file-calls.ts';
import { fileClipboard } from './file-clipboard.ts';
import type { FileCommand } from './file-commands.ts';
import { entryKey, isFolder, isOpenable } from './file-list.ts';
import { type FilePath, nameOf, shownPath } from './file-path.ts';
import { type FolderArrival, fileAddress, folderAddress } from './files-address.ts';
import { movePaths } from './move-paths.ts';
import { strings } from './strings.ts';
import { useRefreshFolders } from './use-folder.ts';

export type FileDialog =
  | { kind: 'new'; type: 'file' | 'folder' }
  | { kind: 'delete' | 'permissions' | 'move'; entries: readonly FileEntry[] };

/** What is done with files of a folder, and the question that stands open about it. */
export function useFileActions(server: Pick<Server, 'id'>, folder: FilePath) {
  const navigate = useNavigate();
  const refresh = useRefreshFolders(server.id);
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
  const move = async (paths: readonly FilePath[], from: FilePath, to: FilePath) => {
    const { moved, refused } = await movePaths(server.id, paths, to);
    await refresh(from, to);
    if (moved > 0) notifications.show({ message: strings.moved(moved) });
    for (const { name, error } of refused.slice(0, 3)) {
      notifications.show({ color: 'red', title: strings.notMoved(name), message: sentenceOf(error) });
    }
  };
  const paste = () => {
    const cut = fileClipboard.get();
    if (cut?.serverId !== server.id) return;
    fileClipboard.set(null);
    void move(
      cut.names.map((name) => [...cut.folder, name]),
      cut.folder,
      folder,
    );
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
    if (command === 'cut') {
      fileClipboard.set({ serverId: server.id, folder, names: entries.map(nameOf) });
      notifications.show({ message: strings.cutDone(entries.length) });
    }
    if (command === 'copyPath') void copyText(shownPath(pathOf(first))).then(sayCopied);
    if (command === 'move' || command === 'permissions' || command === 'delete') {
      setDialog({ kind: command, entries });
    }
  };

  return {
    ...{ dialog, setDialog, renamedKey, pathOf, addressOf, open, rename, run },
    endRename: () => setRenamedKey(undefined),
    refresh: () => refresh(folder),
    moveTo: (entries: readonly FileEntry[], to: FilePath) => move(entries.map(pathOf), folder, to),
  };
}

function sayCopied(isCopied: boolean): void {
  if (isCopied) notifications.show({ message: strings.pathCopied });
}
