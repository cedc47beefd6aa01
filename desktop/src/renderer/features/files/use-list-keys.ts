import type { FileEntry } from '@catalyst/shared/features/files';
import { type KeyboardEvent, useRef } from 'react';
import type { FileCommand } from './file-commands.ts';
import { entryKey, findByTyping } from './file-list.ts';
import { type FileSelection, nothingPicked, pickAll, pickAlso, pickOne, step } from './file-selection.ts';

/** Letters typed within so long of each other are one word. */
const typingMs = 800;
const pageOfRows = 15;

interface ListKeys {
  entries: readonly FileEntry[];
  order: readonly string[];
  selection: FileSelection;
  onSelection: (selection: FileSelection) => void;
  onCommand: (command: FileCommand) => void;
  onUp: () => void;
  onMenu: () => void;
}

/** The keys of a file manager of a desktop, for what has the focus as a whole. */
export function useListKeys({ entries, order, selection, onSelection, onCommand, onUp, onMenu }: ListKeys) {
  const typed = useRef({ text: '', at: 0 });

  const distanceOf = (key: string, columns: number): number | undefined =>
    ({
      ArrowDown: columns,
      ArrowUp: -columns,
      ...(columns > 1 && { ArrowRight: 1, ArrowLeft: -1 }),
      PageDown: pageOfRows * columns,
      PageUp: -pageOfRows * columns,
      End: order.length,
      Home: -order.length,
    })[key];

  const isTyping = (now: number) => typed.current.text !== '' && now - typed.current.at < typingMs;
  const type = (letter: string, now: number) => {
    const text = isTyping(now) ? typed.current.text + letter : letter;
    typed.current = { text, at: now };
    const found = findByTyping(entries, text, order.indexOf(selection.cursor ?? ''));
    if (found) onSelection(pickOne(entryKey(found)));
  };

  const commandOf = ({ key, ctrlKey, metaKey }: KeyboardEvent): FileCommand | undefined => {
    if (ctrlKey || metaKey) return ({ x: 'cut', c: 'copy', v: 'paste' } as const)[key.toLowerCase()];
    return ({ Enter: 'open', F2: 'rename', Delete: 'delete' } as const)[key];
  };

  return (event: KeyboardEvent, columns: number): void => {
    // Keys on a button or a field inside are theirs.
    if (event.target !== event.currentTarget) return;
    const { key, shiftKey, ctrlKey, metaKey, altKey } = event;
    const isModified = ctrlKey || metaKey;
    const distance = isModified || altKey ? undefined : distanceOf(key, columns);
    const command = commandOf(event);
    const isLetter = key.length === 1 && !isModified && !altKey && (key !== ' ' || isTyping(event.timeStamp));
    // Whatever is done in between ends the word.
    if (!isLetter && !['Shift', 'Control', 'Alt', 'Meta'].includes(key)) typed.current = { text: '', at: 0 };
    if (distance !== undefined) onSelection(step(selection, order, distance, shiftKey));
    else if (command) onCommand(command);
    else if (key === 'Backspace' || (altKey && key === 'ArrowUp')) onUp();
    else if (isModified && key.toLowerCase() === 'a') onSelection(pickAll(selection, order));
    else if (key === 'ContextMenu' || (shiftKey && key === 'F10')) onMenu();
    else if (key === 'Escape') onSelection(nothingPicked);
    else if (key === ' ' && selection.cursor !== undefined)
      onSelection(pickAlso(selection, selection.cursor));
    else if (key.length === 1 && !isModified && !altKey) type(key, event.timeStamp);
    else return;
    event.preventDefault();
  };
}
