import type { Template } from '@catalyst/shared/features/templates';
import { Button, CloseButton, Select, TextInput } from '@mantine/core';
import { useDebouncedValue, useMediaQuery } from '@mantine/hooks';
import { IconFilterOff, IconSearch, IconTemplate, IconUpload } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { Empty } from '../../components/empty.tsx';
import { NoPermissionPage } from '../../components/error-page.tsx';
import { Failure } from '../../components/failure.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { formatCount } from '../../components/units.ts';
import { ListSkeleton } from '../people/list-skeleton.tsx';
import { useMay } from '../sessions/use-session.ts';
import { filterTemplates, sortTemplates, type TemplateFilter } from './filter-templates.ts';
import { strings } from './strings.ts';
import { TemplateCards, TemplateTable } from './template-list.tsx';
import classes from './templates-page.module.css';
import { useTemplates } from './use-templates.ts';

/** Every recipe there is to make a server of. */
export function TemplatesPage() {
  return useMay('template.read') ? <Templates /> : <NoPermissionPage />;
}

function Templates() {
  const mayCreate = useMay('template.create');
  const { data, error, isFetching, refetch } = useTemplates();
  const [filter, setFilter] = useFilter();
  const isNarrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false });
  const all = useMemo(() => data && sortTemplates(data), [data]);
  const shown = useMemo(() => all && filterTemplates(all, filter), [all, filter]);
  const View = isNarrow ? TemplateCards : TemplateTable;
  const importButton = (name: string) => (
    <Button component={Link} to="/templates/import/files" leftSection={<IconUpload size={16} />}>
      {name}
    </Button>
  );
  return (
    <>
      <PageHeader
        title={strings.title}
        aside={all && shown && asideOf(shown.length, all.length)}
        actions={mayCreate && all?.length !== 0 && importButton(strings.import)}
      />
      {error && (
        <div className={classes.failure}>
          <Failure
            title={strings.failed}
            error={error}
            retry={() => void refetch()}
            isRetrying={isFetching}
          />
        </div>
      )}
      {!all && !error && <ListSkeleton />}
      {all?.length === 0 && (
        <Empty
          icon={<IconTemplate size={28} stroke={1.5} />}
          title={strings.emptyTitle}
          action={mayCreate && importButton(strings.importFirst)}
        >
          {mayCreate ? strings.empty : strings.emptyNoCreate}
        </Empty>
      )}
      {all && all.length > 0 && <Filters templates={all} filter={filter} onFilter={setFilter} />}
      {shown && shown.length > 0 && <View templates={shown} />}
      {all && all.length > 0 && shown?.length === 0 && (
        <Empty
          icon={<IconFilterOff size={28} stroke={1.5} />}
          title={strings.noMatchTitle}
          action={
            <Button variant="default" onClick={() => setFilter({})}>
              {strings.clearFilter}
            </Button>
          }
        >
          {strings.noMatch}
        </Empty>
      )}
    </>
  );
}

const asideOf = (shown: number, total: number) =>
  shown === total ? formatCount(total) : strings.shown(shown, total);

interface FiltersProps {
  templates: readonly Template[];
  filter: TemplateFilter;
  onFilter: (filter: TemplateFilter) => void;
}

function Filters({ templates, filter, onFilter }: FiltersProps) {
  const origins = originsIn(templates);
  return (
    <search className={classes.bar}>
      <TextInput
        className={classes.text}
        aria-label={strings.search}
        placeholder={strings.searchShort}
        leftSection={<IconSearch size={16} stroke={1.6} aria-hidden />}
        rightSection={
          filter.q ? (
            <CloseButton
              size="sm"
              aria-label={strings.clearSearch}
              onClick={() => onFilter({ ...filter, q: '' })}
            />
          ) : null
        }
        value={filter.q ?? ''}
        maxLength={100}
        onChange={(event) => onFilter({ ...filter, q: event.currentTarget.value })}
      />
      {(origins.length > 1 || filter.origin) && (
        <Select
          className={classes.choice}
          aria-label={strings.originFilter}
          value={filter.origin ?? ''}
          onChange={(origin) => onFilter({ ...filter, origin: (origin as Template['origin']) || undefined })}
          data={[{ value: '', label: strings.anyOrigin }, ...origins]}
        />
      )}
    </search>
  );
}

function originsIn(templates: readonly Template[]) {
  return (Object.keys(strings.origins) as Template['origin'][])
    .map((value) => ({ value, count: templates.filter(({ origin }) => origin === value).length }))
    .filter(({ count }) => count > 0)
    .map(({ value, count }) => ({ value, label: `${strings.origins[value]} (${formatCount(count)})` }));
}

/**
 * Also in the address, so that coming back from a template finds the list as it was. What is typed is held here: the
 * address follows a moment later, and a field that waited for it would lose letters.
 */
function useFilter(): [TemplateFilter, (filter: TemplateFilter) => void] {
  const [search, setSearch] = useSearchParams();
  const [filter, setFilter] = useState(() => filterOf(search));
  const [settled] = useDebouncedValue(filter, 250);
  const written = useRef(search.toString());
  useEffect(() => {
    const next = new URLSearchParams({
      ...(settled.q && { q: settled.q }),
      ...(settled.origin && { origin: settled.origin }),
    });
    if (next.toString() === written.current) return;
    written.current = next.toString();
    setSearch(next, { replace: true });
  }, [settled, setSearch]);
  useEffect(() => {
    // A link to this page, such as the one in the navigation.
    if (search.toString() === written.current) return;
    written.current = search.toString();
    setFilter(filterOf(search));
  }, [search]);
  return [filter, setFilter];
}

function filterOf(search: URLSearchParams): TemplateFilter {
  const origin = search.get('origin') ?? '';
  return {
    q: search.get('q') ?? '',
    origin: origin in strings.origins ? (origin as Template['origin']) : undefined,
  };
}
