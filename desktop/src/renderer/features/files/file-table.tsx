import { useMediaQuery } from '@mantine/hooks';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { SelectBox } from '../../components/select-box.tsx';
import { useRowWindow } from '../../components/use-row-window.ts';
import { setPreference, usePreferences } from '../settings/preferences.ts';
import { entryKey, sortColumns } from './file-list.ts';
import { FileRow } from './file-row.tsx';
import classes from './file-table.module.css';
import { type FileViewProps, rowId } from './file-view.ts';
import { strings } from './strings.ts';
import { useCursorInSight } from './use-cursor-in-sight.ts';

/** A folder as rows. Only those near the screen are drawn. */
export function FileTable(props: FileViewProps) {
  const { entries, selection, hasMore, onNearEnd } = props;
  const isNarrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false }) ?? false;
  const body = useRef<HTMLTableSectionElement>(null);
  const { first, end, height } = useRowWindow(body, entries.length, {
    heightVariable: '--file-row-height',
  });
  const isNearEnd = hasMore && end >= entries.length - 100;
  useEffect(() => {
    if (isNearEnd) onNearEnd();
  });
  const cursor = entries.findIndex((entry) => entryKey(entry) === selection.cursor);
  useCursorInSight(body, cursor, height);
  const picked = selection.keys.size;
  return (
    <div className={classes.box}>
      <table
        className={classes.grid}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table may be a grid (ARIA in HTML)
        role="grid"
        aria-label={props.label}
        aria-multiselectable
        aria-rowcount={hasMore ? -1 : entries.length + 1}
        aria-activedescendant={cursor >= first && cursor < end ? rowId(cursor) : undefined}
        tabIndex={0}
        data-files
        onKeyDown={(event) => props.onKeyDown(event, 1)}
      >
        <thead className={classes.headGroup}>
          <tr className={classes.head} aria-rowindex={1}>
            <th scope="col" className={classes.select}>
              <SelectBox
                aria-label={strings.selectAll}
                isChecked={picked > 0 && picked === entries.length}
                isPartly={picked > 0 && picked < entries.length}
                onChange={props.onToggleAll}
              />
            </th>
            <SortHeaders />
            <th scope="col" className={classes.mode}>
              {strings.columns.mode}
            </th>
            <th scope="col" className={classes.more} aria-label={strings.actions} />
          </tr>
        </thead>
        <tbody
          ref={body}
          style={{ paddingTop: first * height, paddingBottom: (entries.length - end) * height }}
        >
          {entries.slice(first, end).map((entry, index) => (
            <FileRow
              key={entryKey(entry)}
              entry={entry}
              index={first + index}
              isNarrow={isNarrow}
              view={props}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function SortHeaders() {
  const { fileSort } = usePreferences();
  const Arrow = fileSort.descending ? IconArrowDown : IconArrowUp;
  return sortColumns.map((column) => {
    const isSorted = fileSort.column === column;
    return (
      <th
        key={column}
        scope="col"
        className={classes[column]}
        aria-sort={isSorted ? (fileSort.descending ? 'descending' : 'ascending') : undefined}
      >
        <button
          type="button"
          className={classes.sort}
          onClick={() => setPreference('fileSort', { column, descending: isSorted && !fileSort.descending })}
        >
          {strings.columns[column]}
          {isSorted && <Arrow size={14} stroke={1.75} aria-hidden />}
        </button>
      </th>
    );
  });
}
