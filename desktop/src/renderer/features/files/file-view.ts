import type { FileEntry } from '@catalyst/shared/features/files';
import type { MouseEvent } from 'react';
import type { FileSelection } from './file-selection.ts';

/** What list and grid show, and what they tell of. */
export interface FileViewProps {
  /** The name of the folder, for screen readers. */
  label: string;
  entries: readonly FileEntry[];
  /** Whether the folder goes on behind the last one. */
  hasMore: boolean;
  /** Called when what is shown comes near the end of what is there. */
  onNearEnd: () => void;
  selection: FileSelection;
  /** The one whose name is being changed. */
  renamedKey: string | undefined;
  /** Names that were cut and wait for being pasted. */
  cutKeys: ReadonlySet<string>;
  addressOf: (entry: FileEntry) => string | undefined;
  onPick: (entry: FileEntry, event: Pick<MouseEvent, 'shiftKey' | 'ctrlKey' | 'metaKey'>) => void;
  onToggle: (entry: FileEntry, isRange: boolean) => void;
  onToggleAll: () => void;
  onOpen: (entry: FileEntry) => void;
  onMenu: (entry: FileEntry, at: { x: number; y: number }) => void;
  onRename: (entry: FileEntry, name: string) => void;
  onRenameEnd: () => void;
  onKeyDown: (event: React.KeyboardEvent, columns: number) => void;
}

/** What the keyboard is at is named by its id, which must not hold what a name may. */
export const rowId = (index: number): string => `file-${index}`;

/** Clicks on what acts by itself are its own, unless a key says that they pick. */
function isPick(event: MouseEvent): boolean {
  const isModified = event.shiftKey || event.ctrlKey || event.metaKey;
  const actor = (event.target as Element).closest('a, button, input, label');
  return !actor || (isModified && actor.tagName === 'A');
}

/** What the mouse does on a row or a tile. */
export const mouseOf = (entry: FileEntry, view: Pick<FileViewProps, 'onPick' | 'onOpen' | 'onMenu'>) => ({
  onClick: (event: MouseEvent) => {
    if (!isPick(event)) return;
    // Else the browser opens the link in a tab of its own.
    event.preventDefault();
    view.onPick(entry, event);
  },
  onDoubleClick: (event: MouseEvent) => {
    if (isPick(event)) view.onOpen(entry);
  },
  onContextMenu: (event: MouseEvent) => {
    event.preventDefault();
    view.onMenu(entry, { x: event.clientX, y: event.clientY });
  },
});
