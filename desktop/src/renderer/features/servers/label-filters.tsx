import { ActionIcon, Select, Tooltip } from '@mantine/core';
import { IconFolders, IconStar, IconStarFilled } from '@tabler/icons-react';
import type { ServerFilter } from '../../api/keys.ts';
import { setPreference, usePreferences } from '../settings/preferences.ts';
import classes from './servers-toolbar.module.css';
import { strings } from './strings.ts';
import { useKnownLabels } from './use-known-labels.ts';

interface LabelFiltersProps {
  filter: ServerFilter;
  onFilter: (filter: ServerFilter) => void;
  onlyFavourites: boolean;
  onOnlyFavourites: (only: boolean) => void;
}

/** Filters by what people said about their servers; of tags and groups only where there are any. */
export function LabelFilters(props: LabelFiltersProps) {
  const { filter, onFilter, onlyFavourites } = props;
  const { groupServers } = usePreferences();
  const { tags, groups } = useKnownLabels();
  const Star = onlyFavourites ? IconStarFilled : IconStar;
  return (
    <>
      {(tags.length > 0 || filter.tag) && (
        <Select
          className={classes.choice}
          aria-label={strings.tagFilter}
          data={[{ value: '', label: strings.allTags }, ...tags]}
          value={filter.tag ?? ''}
          searchable={tags.length > 12}
          onChange={(tag) => onFilter({ ...filter, tag: tag || undefined })}
        />
      )}
      {(groups.length > 0 || filter.group) && (
        <Select
          className={classes.choice}
          aria-label={strings.groupFilter}
          data={[{ value: '', label: strings.allGroups }, ...groups]}
          value={filter.group ?? ''}
          searchable={groups.length > 12}
          onChange={(group) => onFilter({ ...filter, group: group || undefined })}
        />
      )}
      <Tooltip label={strings.onlyFavourites}>
        <ActionIcon
          variant="default"
          className={classes.square}
          aria-label={strings.onlyFavourites}
          aria-pressed={onlyFavourites}
          onClick={() => props.onOnlyFavourites(!onlyFavourites)}
        >
          <Star size={16} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
      {groups.length > 0 && (
        <Tooltip label={strings.groupByGroup}>
          <ActionIcon
            variant="default"
            className={classes.square}
            aria-label={strings.groupByGroup}
            aria-pressed={groupServers}
            onClick={() => setPreference('groupServers', !groupServers)}
          >
            <IconFolders size={16} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      )}
    </>
  );
}
