import { notifications } from '@mantine/notifications';
import { IconUpload } from '@tabler/icons-react';
import { type DragEvent, type ReactNode, useRef, useState } from 'react';
import { type DroppedItems, droppedItems } from '../../components/dropped-items.ts';
import classes from './drop-area.module.css';
import { strings } from './strings.ts';

interface DropAreaProps {
  /** What is said while something is held over it. */
  hint: string;
  isDisabled: boolean;
  onDrop: (items: DroppedItems) => void;
  onContextMenu: (at: { x: number; y: number }) => void;
  children: ReactNode;
}

/** Where files and folders of the computer are dropped. */
export function DropArea({ hint, isDisabled, onDrop, onContextMenu, children }: DropAreaProps) {
  const [isOver, setOver] = useState(false);
  /** Entering a child comes before leaving its parent. */
  const depth = useRef(0);
  const hasFiles = (event: DragEvent) => !isDisabled && event.dataTransfer.types.includes('Files');
  const end = () => {
    depth.current = 0;
    setOver(false);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is for a mouse; the buttons do the same for everyone
    <div
      className={classes.area}
      onDragEnter={(event) => {
        if (!hasFiles(event)) return;
        depth.current += 1;
        setOver(true);
      }}
      onDragOver={(event) => {
        if (hasFiles(event)) event.preventDefault();
      }}
      onDragLeave={(event) => {
        if (!hasFiles(event)) return;
        depth.current -= 1;
        if (depth.current <= 0) end();
      }}
      onDrop={(event) => {
        if (!hasFiles(event)) return;
        // Else the browser opens the file in place of the page.
        event.preventDefault();
        end();
        droppedItems(event.dataTransfer).then(onDrop, sayUnreadable);
      }}
      onContextMenu={(event) => {
        if (event.defaultPrevented || (event.target as Element).closest('input')) return;
        event.preventDefault();
        onContextMenu({ x: event.clientX, y: event.clientY });
      }}
    >
      {children}
      {isOver && (
        <div className={classes.over}>
          <span className={classes.words}>
            <IconUpload size={18} stroke={1.6} aria-hidden />
            {hint}
          </span>
        </div>
      )}
    </div>
  );
}

/** A folder may go, or be closed to this person, while it is being read. */
function sayUnreadable(): void {
  notifications.show({ color: 'red', message: strings.dropUnreadable });
}
