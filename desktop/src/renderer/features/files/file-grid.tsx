import type { FileEntry } from '@catalyst/shared/features/files';
import { useElementSize } from '@mantine/hooks';
import { memo, useEffect, useRef } from 'react';
import { useRowWindow } from '../../components/use-row-window.ts';
import classes from './file-grid.module.css';
import { FileIcon } from './file-icon.tsx';
import { entryKey } from './file-list.ts';
import { FileNameLink } from './file-row.tsx';
import { type FileViewProps, mouseOf, rowId } from './file-view.ts';
import { MoreButton } from './more-button.tsx';
import { RenameField } from './rename-field.tsx';
import { useCursorInSight } from './use-cursor-in-sight.ts';

const tileWidth = 132;
const gap = 8;

/** A folder as tiles. Only those near the screen are drawn. */
export function FileGrid(props: FileViewProps) {
  const { entries, selection, hasMore, onNearEnd } = props;
  const { ref, width } = useElementSize<HTMLTableElement>();
  const body = useRef<HTMLTableSectionElement>(null);
  const columns = Math.max(1, Math.floor((width + gap) / (tileWidth + gap)));
  const rows = Math.ceil(entries.length / columns);
  const { first, end, height } = useRowWindow(body, rows, {
    heightVariable: '--tile-row-height',
    overscan: 4,
    isWindowed: rows > 40,
  });
  const isNearEnd = hasMore && end >= rows - 20;
  useEffect(() => {
    if (isNearEnd) onNearEnd();
  });
  const cursor = entries.findIndex((entry) => entryKey(entry) === selection.cursor);
  const cursorRow = Math.floor(cursor / columns);
  useCursorInSight(body, cursorRow, height);
  return (
    <table
      className={classes.grid}
      ref={ref}
      // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table may be a grid (ARIA in HTML)
      role="grid"
      aria-label={props.label}
      aria-multiselectable
      aria-rowcount={hasMore ? -1 : rows}
      aria-activedescendant={cursorRow >= first && cursorRow < end && cursor >= 0 ? rowId(cursor) : undefined}
      tabIndex={0}
      data-files
      onKeyDown={(event) => props.onKeyDown(event, columns)}
    >
      <tbody
        ref={body}
        style={{ paddingTop: first * height, paddingBottom: Math.max(0, rows - end) * height }}
      >
        {Array.from({ length: end - first }, (_, index) => first + index).map((row) => (
          <tr
            key={row}
            data-row={row}
            className={classes.row}
            style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
            aria-rowindex={row + 1}
          >
            {entries.slice(row * columns, (row + 1) * columns).map((entry, column) => (
              <Tile key={entryKey(entry)} entry={entry} index={row * columns + column} view={props} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface TileProps {
  entry: FileEntry;
  index: number;
  view: FileViewProps;
}

const Tile = memo(function Tile({ entry, index, view }: TileProps) {
  const key = entryKey(entry);
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: the cells of a grid can be selected
    <td
      id={rowId(index)}
      className={classes.tile}
      aria-selected={view.selection.keys.has(key)}
      data-cursor={view.selection.cursor === key || undefined}
      data-cut={view.cutKeys.has(key) || undefined}
      {...mouseOf(entry, view)}
    >
      <FileIcon entry={entry} size={36} />
      {view.renamedKey === key ? (
        <RenameField
          name={entry.name}
          onRename={(name) => view.onRename(entry, name)}
          onEnd={view.onRenameEnd}
        />
      ) : (
        <span className={classes.name}>
          <FileNameLink entry={entry} address={view.addressOf(entry)} />
        </span>
      )}
      <MoreButton entry={entry} onMenu={view.onMenu} className={classes.more} />
    </td>
  );
});
