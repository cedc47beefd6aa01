import type { Server } from '@catalyst/shared/features/servers';
import { IconArrowDown, IconArrowUp, IconFolder, IconStar, IconStarFilled } from '@tabler/icons-react';
import { useMemo, useRef } from 'react';
import { SelectBox } from '../../components/select-box.tsx';
import { useRowWindow } from '../../components/use-row-window.ts';
import { listRows } from './server-groups.ts';
import type { SortColumn, Sorting } from './server-order.ts';
import { ServerRow } from './server-row.tsx';
import classes from './server-table.module.css';
import { strings } from './strings.ts';
import type { Favourites } from './use-favourites.ts';
import type { Selection } from './use-selection.ts';

export interface ServerListProps {
  servers: readonly Server[];
  sorting: Sorting;
  onSorting: (sorting: Sorting) => void;
  selection: Selection;
  favourites: Favourites;
  /** Under the names of their groups. */
  isGrouped: boolean;
}

const columns: SortColumn[] = ['favourite', 'state', 'name', 'node', 'address', 'cpu', 'memory', 'since'];

/** Servers as rows. Only those near the screen are drawn. */
export function ServerTable({ servers, sorting, onSorting, selection, ...props }: ServerListProps) {
  const { favourites, isGrouped } = props;
  const rows = useMemo(() => listRows(servers, isGrouped), [servers, isGrouped]);
  const body = useRef<HTMLTableSectionElement>(null);
  const { first, end, height } = useRowWindow(body, rows.length);
  return (
    <div className={classes.box}>
      <table className={classes.table} aria-rowcount={rows.length + 1}>
        <thead className={classes.head}>
          <tr aria-rowindex={1}>
            <th className={classes.select} scope="col">
              <SelectBox
                aria-label={strings.selectAll}
                isChecked={selection.state === 'all'}
                isPartly={selection.state === 'some'}
                onChange={selection.toggleAll}
              />
            </th>
            {columns.map((column) => (
              <SortHeader key={column} column={column} sorting={sorting} onSorting={onSorting} />
            ))}
            <th className={classes.actions} scope="col">
              <span className={classes.hidden}>{strings.columns.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody ref={body}>
          {first > 0 && <Spacer height={first * height} />}
          {rows
            .slice(first, end)
            .map((row, index) =>
              'server' in row ? (
                <ServerRow
                  key={row.server.id}
                  server={row.server}
                  rowIndex={first + index + 2}
                  isSelected={selection.has(row.server.id)}
                  onToggle={selection.toggle}
                  isFavourite={favourites.has(row.server.id)}
                  onFavourite={favourites.toggle}
                />
              ) : (
                <GroupRow key={`group ${row.heading}`} {...row} rowIndex={first + index + 2} />
              ),
            )}
          {end < rows.length && <Spacer height={(rows.length - end) * height} />}
        </tbody>
      </table>
    </div>
  );
}

function SortHeader(props: { column: SortColumn; sorting: Sorting; onSorting: (sorting: Sorting) => void }) {
  const { column, sorting, onSorting } = props;
  const isSorted = sorting.column === column;
  const Arrow = sorting.descending ? IconArrowDown : IconArrowUp;
  return (
    <th
      className={classes[column]}
      scope="col"
      aria-sort={isSorted ? (sorting.descending ? 'descending' : 'ascending') : undefined}
    >
      <button
        type="button"
        className={classes.sort}
        aria-label={column === 'favourite' ? strings.columns.favourite : undefined}
        title={column === 'favourite' ? strings.columns.favourite : undefined}
        onClick={() => onSorting({ column, descending: isSorted && !sorting.descending })}
      >
        {column === 'favourite' ? <StarHead isSorted={isSorted} /> : strings.columns[column]}
        {isSorted && column !== 'favourite' && <Arrow size={14} stroke={1.75} aria-hidden />}
      </button>
    </th>
  );
}

const StarHead = ({ isSorted }: { isSorted: boolean }) =>
  isSorted ? <IconStarFilled size={14} aria-hidden /> : <IconStar size={14} stroke={1.6} aria-hidden />;

function GroupRow(props: { heading: string | null; count: number; rowIndex: number }) {
  return (
    <tr className={classes.groupRow} aria-rowindex={props.rowIndex}>
      <th scope="rowgroup" colSpan={columns.length + 2}>
        <span className={classes.groupName}>
          <IconFolder size={14} stroke={1.6} aria-hidden />
          {props.heading ?? strings.noGroup}
          <span className={classes.groupCount}>{props.count}</span>
        </span>
      </th>
    </tr>
  );
}

const Spacer = ({ height }: { height: number }) => (
  <tr aria-hidden>
    <td colSpan={columns.length + 2} style={{ height, padding: 0 }} />
  </tr>
);
