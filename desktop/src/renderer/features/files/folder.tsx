import type { FileEntry } from '@catalyst/shared/features/files';
import type { Server } from '@catalyst/shared/features/servers';
import { useQueryClient } from '@tanstack/react-query';
import { type MouseEvent, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { useObservable } from '../../api/observable.ts';
import type { DroppedItems } from '../../components/dropped-items.ts';
import { Notice } from '../../components/notice.tsx';
import { mayOnServer } from '../servers/power.ts';
import { usePreferences } from '../settings/preferences.ts';
import { DropArea } from './drop-area.tsx';
import { fileClipboard } from './file-clipboard.ts';
import { commandsFor, type FileCommand } from './file-commands.ts';
import { FileGrid } from './file-grid.tsx';
import { entryKey, filterEntries, isInOrder, sortEntries } from './file-list.ts';
import { FileMenu } from './file-menu.tsx';
import { type FilePath, nameKey, pathKey } from './file-path.ts';
import { nothingPicked, pickAll, pickAlso, pickOne, pickRange, withoutGone } from './file-selection.ts';
import { FileTable } from './file-table.tsx';
import type { FileViewProps } from './file-view.ts';
import { type FolderArrival, folderAddress } from './files-address.ts';
import classes from './folder.module.css';
import { FolderDialogs } from './folder-dialogs.tsx';
import { FolderFoot, FolderState } from './folder-state.tsx';
import { FolderToolbar } from './folder-toolbar.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { strings } from './strings.ts';
import { uploadItems } from './transfers/transfers.ts';
import { UploadInputs } from './upload-inputs.tsx';
import { useFileActions } from './use-file-actions.ts';
import { useFolder } from './use-folder.ts';
import { useListKeys } from './use-list-keys.ts';

interface FolderProps {
  server: Server;
  path: FilePath;
}

const none: readonly FileEntry[] = [];

export function Folder({ server, path }: FolderProps) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const { fileView, fileSort } = usePreferences();
  const [filter, setFilter] = useState('');
  const sought = useDeferredValue(filter);
  const folder = useFolder(server.id, path, {
    isWhole: !isInOrder(fileSort) || sought !== '',
    isEnabled: server.node.online,
  });
  const actions = useFileActions(server, path);
  const all = folder.entries ?? none;
  const entries = useMemo(() => filterEntries(sortEntries(all, fileSort), sought), [all, fileSort, sought]);
  const order = useMemo(() => entries.map(entryKey), [entries]);
  const arrival = useLocation().state as FolderArrival | null;
  const [picked, setSelection] = useState(
    arrival?.cursor === undefined ? nothingPicked : pickOne(arrival.cursor),
  );
  const selection = useMemo(() => withoutGone(picked, order), [picked, order]);
  const [menu, setMenu] = useState<{ x: number; y: number; entries: readonly FileEntry[] }>();
  const clipboard = useObservable(fileClipboard);
  const files = useRef<HTMLInputElement>(null);
  const directory = useRef<HTMLInputElement>(null);
  const place = useRef<HTMLDivElement>(null);

  const rights = {
    mayWrite: mayOnServer(server, 'file.write'),
    mayDelete: mayOnServer(server, 'file.delete'),
  };
  const selected = useMemo(
    () => (selection.keys.size === 0 ? none : entries.filter((entry) => selection.keys.has(entryKey(entry)))),
    [entries, selection],
  );
  const cutKeys = useMemo(() => {
    const isHere =
      clipboard?.kind === 'cut' &&
      clipboard.serverId === server.id &&
      pathKey(clipboard.folder) === pathKey(path);
    return new Set(isHere ? clipboard.names.map(nameKey) : []);
  }, [clipboard, server.id, path]);
  const commandsOf = (some: readonly FileEntry[]) =>
    commandsFor(some, rights, clipboard?.serverId === server.id && cutKeys.size === 0);

  const run = (command: FileCommand, some: readonly FileEntry[]) => {
    setMenu(undefined);
    if (commandsOf(some).includes(command)) actions.run(command, some);
  };
  const upload = (items: DroppedItems) => {
    if (items.files.length + items.folders.length > 0) void uploadItems(queryClient, server, path, items);
  };
  const focusList = () => place.current?.querySelector<HTMLElement>('[data-files]')?.focus();
  const openMenu = (at: { x: number; y: number }, entry?: FileEntry) => {
    if (!entry) return setMenu({ ...at, entries: [] });
    // The menu of one of several is for all of them.
    if (selection.keys.has(entryKey(entry))) return setMenu({ ...at, entries: selected });
    setSelection(pickOne(entryKey(entry)));
    setMenu({ ...at, entries: [entry] });
  };
  const pick = (entry: FileEntry, event: Pick<MouseEvent, 'shiftKey' | 'ctrlKey' | 'metaKey'>) => {
    const key = entryKey(entry);
    const isMore = event.ctrlKey || event.metaKey;
    if (event.shiftKey) setSelection(pickRange(selection, order, key, isMore));
    else setSelection(isMore ? pickAlso(selection, key) : pickOne(key));
    focusList();
  };
  const onKeyDown = useListKeys({
    ...{ entries, order, selection, onSelection: setSelection },
    onCommand: (command) => run(command, command === 'paste' ? [] : selected),
    onUp: () => {
      const last = path.at(-1);
      if (!last) return;
      const state: FolderArrival = { cursor: nameKey(last) };
      navigate(folderAddress(server.id, path.slice(0, -1)), { state });
    },
    onMenu: () => {
      const row = place.current?.querySelector('[data-cursor]')?.getBoundingClientRect();
      if (row && selected[0]) openMenu({ x: row.left + 48, y: row.bottom }, selected[0]);
    },
  });

  const isRead = folder.entries !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when there is something to go on in
  useEffect(() => {
    if (arrival && isRead) focusList();
  }, [isRead]);

  const view: FileViewProps = {
    ...{ entries, selection, cutKeys, onKeyDown },
    label: strings.folderOf(path.at(-1)?.text ?? strings.home),
    hasMore: folder.hasNextPage,
    onNearEnd: folder.loadMore,
    renamedKey: actions.renamedKey,
    addressOf: actions.addressOf,
    onPick: pick,
    onToggle: (entry, isRange) =>
      setSelection(
        isRange ? pickRange(selection, order, entryKey(entry), true) : pickAlso(selection, entryKey(entry)),
      ),
    onToggleAll: () =>
      setSelection(selected.length === entries.length ? nothingPicked : pickAll(selection, order)),
    onOpen: actions.open,
    onMenu: (entry, at) => openMenu(at, entry),
    onRename: (entry, name) => {
      setSelection(pickOne(name));
      void actions.rename(entry, name).then(focusList);
    },
    onRenameEnd: () => {
      actions.endRename();
      focusList();
    },
  };
  const isShown = entries.length > 0;
  const state = (
    <FolderState
      isOnline={server.node.online}
      {...{ folder, filter: sought, serverId: server.id, mayWrite: rights.mayWrite }}
      isEmpty={!isShown}
      onUpload={() => files.current?.click()}
    />
  );
  return (
    <DropArea
      hint={strings.dropHere(path.at(-1)?.text ?? strings.home)}
      isDisabled={!rights.mayWrite || !server.node.online}
      onDrop={upload}
      onContextMenu={(at) => commandsOf([]).length > 0 && openMenu(at)}
    >
      <FolderToolbar
        {...{ path, filter, mayWrite: rights.mayWrite, serverId: server.id, onFilter: setFilter }}
        isReading={folder.isFetching && !folder.isPending && !folder.isFetchingNextPage}
        onRefresh={() => void folder.refetch()}
        onNew={(type) => actions.setDialog({ kind: 'new', type })}
        onDialog={(kind) => actions.setDialog({ kind })}
        onUpload={(what) => (what === 'files' ? files : directory).current?.click()}
      />
      {!rights.mayWrite && <Notice tone="info">{strings.readOnly}</Notice>}
      <div ref={place} className={classes.place}>
        {isShown && (fileView === 'grid' ? <FileGrid {...view} /> : <FileTable {...view} />)}
        {!isShown && (
          // biome-ignore lint/a11y/useSemanticElements: it is no part of a form
          <div
            className={classes.nothing}
            role="group"
            aria-label={view.label}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: the keys work in an empty folder, too
            tabIndex={0}
            data-files
            onKeyDown={(event) => onKeyDown(event, 1)}
          >
            {state}
          </div>
        )}
      </div>
      {isShown && state}
      <FolderFoot folder={folder} shown={entries.length} isFiltered={sought !== ''} />
      <SelectionBar
        count={selected.length}
        commands={commandsOf(selected)}
        onCommand={(command) => run(command, selected)}
        onClear={() => setSelection(nothingPicked)}
      />
      {menu && commandsOf(menu.entries).length > 0 && (
        <FileMenu
          at={menu}
          commands={commandsOf(menu.entries)}
          onCommand={(command) => run(command, menu.entries)}
          onClose={() => setMenu(undefined)}
        />
      )}
      <FolderDialogs
        serverId={server.id}
        folder={path}
        actions={actions}
        onDone={(key) => setSelection(key === undefined ? nothingPicked : pickOne(key))}
      />
      <UploadInputs
        files={files}
        folder={directory}
        onFiles={(chosen) => upload({ files: chosen, folders: [] })}
      />
    </DropArea>
  );
}
