import type { ServerState } from '@catalyst/shared/features/server-states';
import type { Server } from '@catalyst/shared/features/servers';
import { ActionIcon, CloseButton, Select, TextInput, Tooltip } from '@mantine/core';
import {
  IconLayoutGrid,
  IconList,
  IconSearch,
  IconSortAscending,
  IconSortDescending,
} from '@tabler/icons-react';
import type { ServerFilter } from '../../api/keys.ts';
import { setPreference } from '../settings/preferences.ts';
import { LabelFilters } from './label-filters.tsx';
import type { SortColumn, Sorting } from './server-order.ts';
import type { StateGroup } from './server-tone.ts';
import classes from './servers-toolbar.module.css';
import { StateSummary } from './state-summary.tsx';
import { strings } from './strings.ts';

interface ServersToolbarProps {
  servers: readonly Server[];
  /** Whether these are all there are, so that they can be counted. */
  isWhole: boolean;
  group: StateGroup | undefined;
  onGroup: (group: StateGroup | undefined) => void;
  filter: ServerFilter;
  onFilter: (filter: ServerFilter) => void;
  sorting: Sorting;
  onSorting: (sorting: Sorting) => void;
  onlyFavourites: boolean;
  onOnlyFavourites: (only: boolean) => void;
  asCards: boolean;
  isNarrow: boolean;
}

export function ServersToolbar(props: ServersToolbarProps) {
  const { servers, isWhole, filter, onFilter, sorting, onSorting, asCards, isNarrow } = props;
  const nodes = nodesOf(servers);
  const Direction = sorting.descending ? IconSortDescending : IconSortAscending;
  return (
    <search className={classes.bar} data-cards={asCards || undefined}>
      <TextInput
        className={classes.text}
        aria-label={strings.filter}
        placeholder={strings.filterShort}
        leftSection={<IconSearch size={16} stroke={1.6} aria-hidden />}
        rightSection={
          filter.q ? (
            <CloseButton
              size="sm"
              aria-label={strings.clearFilter}
              onClick={() => onFilter({ ...filter, q: '' })}
            />
          ) : null
        }
        value={filter.q ?? ''}
        maxLength={100}
        onChange={(event) => onFilter({ ...filter, q: event.currentTarget.value })}
      />
      {isWhole ? (
        <div className={classes.states}>
          <StateSummary servers={servers} chosen={props.group} onChoose={props.onGroup} />
        </div>
      ) : (
        <Select
          className={classes.choice}
          aria-label={strings.stateFilter}
          data={stateOptions}
          value={filter.state ?? ''}
          onChange={(state) => onFilter({ ...filter, state: (state as ServerState) || undefined })}
        />
      )}
      {nodes.length > 1 && (
        <Select
          className={classes.choice}
          aria-label={strings.nodeFilter}
          data={[{ value: '', label: strings.allNodes }, ...nodes]}
          value={filter.nodeId ?? ''}
          onChange={(nodeId) => onFilter({ ...filter, nodeId: nodeId || undefined })}
        />
      )}
      <LabelFilters {...props} />
      {asCards && (
        <div className={classes.sort}>
          <Select
            className={classes.choice}
            aria-label={strings.sortBy}
            data={sortOptions}
            value={sorting.column}
            onChange={(column) => onSorting({ ...sorting, column: column as SortColumn })}
          />
          <ActionIcon
            variant="default"
            className={classes.square}
            aria-label={strings.reverse}
            aria-pressed={sorting.descending}
            onClick={() => onSorting({ ...sorting, descending: !sorting.descending })}
          >
            <Direction size={16} stroke={1.6} />
          </ActionIcon>
        </div>
      )}
      {!isNarrow && (
        <Tooltip label={asCards ? strings.asTable : strings.asCards}>
          <ActionIcon
            variant="default"
            className={`${classes.square} ${classes.view}`}
            aria-label={asCards ? strings.asTable : strings.asCards}
            onClick={() => setPreference('serverView', asCards ? 'table' : 'cards')}
          >
            {asCards ? <IconList size={16} stroke={1.6} /> : <IconLayoutGrid size={16} stroke={1.6} />}
          </ActionIcon>
        </Tooltip>
      )}
    </search>
  );
}

const sortOptions = (['favourite', 'name', 'state', 'node', 'cpu', 'memory', 'since'] as const).map(
  (column) => ({
    value: column,
    label: strings.columns[column],
  }),
);

const stateOptions = [
  { value: '', label: strings.anyState },
  ...Object.entries(strings.states).map(([value, label]) => ({ value, label })),
];

function nodesOf(servers: readonly Server[]) {
  const names = new Map(servers.map(({ node }) => [node.id, node.name]));
  return [...names]
    .map(([value, label]) => ({ value, label }))
    .sort((a, b) => a.label.localeCompare(b.label));
}
