import { Button } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';
import { type DragEvent, useRef, useState } from 'react';
import { droppedItems, type NamedFile, namedFiles } from '../../../components/dropped-items.ts';
import classes from './drop-zone.module.css';
import { strings } from './strings.ts';

interface DropZoneProps {
  /** Some are chosen already: there is less to say. */
  isCompact: boolean;
  isDisabled: boolean;
  onFiles: (files: NamedFile[]) => void;
}

/** Where files are dropped, and the buttons for those who choose them. */
export function DropZone({ isCompact, isDisabled, onFiles }: DropZoneProps) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const over = (event: DragEvent) => {
    event.preventDefault();
    if (!isDisabled) setOver(true);
  };
  const drop = async (event: DragEvent) => {
    // Else the browser opens the file in place of the page.
    event.preventDefault();
    setOver(false);
    if (!isDisabled) onFiles((await droppedItems(event.dataTransfer)).files);
  };
  const read = (input: HTMLInputElement) => {
    const chosen = namedFiles(input.files ?? []);
    // The same file can be chosen again.
    input.value = '';
    if (chosen.length > 0) onFiles(chosen);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is for a mouse; the buttons do the same for everyone
    <div
      className={classes.zone}
      data-compact={isCompact || undefined}
      data-over={isOver || undefined}
      onDragEnter={over}
      onDragOver={over}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => void drop(event)}
    >
      {!isCompact && <IconFileUpload size={28} stroke={1.5} aria-hidden />}
      <div className={classes.words}>
        <p className={classes.title}>{isOver ? strings.dropNow : strings.drop}</p>
        <p className={classes.hint}>{strings.dropHint}</p>
      </div>
      <div className={classes.buttons}>
        <Button
          variant={isCompact ? 'default' : 'filled'}
          disabled={isDisabled}
          onClick={() => files.current?.click()}
        >
          {isCompact ? strings.addFiles : strings.chooseFiles}
        </Button>
        <Button variant="default" disabled={isDisabled} onClick={() => folder.current?.click()}>
          {isCompact ? strings.addFolder : strings.chooseFolder}
        </Button>
      </div>
      <input
        ref={files}
        type="file"
        multiple
        accept=".json,.yaml,.yml"
        aria-label={strings.chooseFiles}
        hidden
        onChange={(event) => read(event.currentTarget)}
      />
      <input
        ref={(input) => {
          folder.current = input;
          if (input) input.webkitdirectory = true;
        }}
        type="file"
        aria-label={strings.chooseFolder}
        hidden
        onChange={(event) => read(event.currentTarget)}
      />
    </div>
  );
}
