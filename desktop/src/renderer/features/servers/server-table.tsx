import type { Server } from '@catalyst/shared/features/servers';
import { Checkbox } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useRef } from 'react';
import type { SortColumn, Sorting } from './server-order.ts';
import { ServerRow } from './server-row.tsx';
import classes from './server-table.module.css';
import { strings } from './strings.ts';
import { useRowWindow } from './use-row-window.ts';
import type { Selection } from './use-selection.ts';

export interface ServerListProps {
  servers: readonly Server[];
  sorting: Sorting;
  onSorting: (sorting: Sorting) => void;
  selection: Selection;
}

const columns: SortColumn[] = ['state', 'name', 'node', 'address', 'cpu', 'memory', 'since'];

/** Servers as rows. Only those near the screen are drawn. */
export function ServerTable({ servers, sorting, onSorting, selection }: ServerListProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  const { first, end, height } = useRowWindow(body, servers.length);
  return (
    <div className={classes.box}>
      <table className={classes.table} aria-rowcount={servers.length + 1}>
        <thead className={classes.head}>
          <tr aria-rowindex={1}>
            <th className={classes.select} scope="col">
              <Checkbox
                aria-label={strings.selectAll}
                checked={selection.state === 'all'}
                indeterminate={selection.state === 'some'}
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
          {servers.slice(first, end).map((server, index) => (
            <ServerRow
              key={server.id}
              server={server}
              rowIndex={first + index + 2}
              isSelected={selection.has(server.id)}
              onToggle={selection.toggle}
            />
          ))}
          {end < servers.length && <Spacer height={(servers.length - end) * height} />}
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
        onClick={() => onSorting({ column, descending: isSorted && !sorting.descending })}
      >
        {strings.columns[column]}
        {isSorted && <Arrow size={14} stroke={1.75} aria-hidden />}
      </button>
    </th>
  );
}

const Spacer = ({ height }: { height: number }) => (
  <tr aria-hidden>
    <td colSpan={columns.length + 2} style={{ height, padding: 0 }} />
  </tr>
);
