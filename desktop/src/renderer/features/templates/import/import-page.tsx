import { Button, SegmentedControl } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconWorld } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { NoPermissionPage } from '../../../components/error-page.tsx';
import { Failure } from '../../../components/failure.tsx';
import { LeaveGuard } from '../../../components/leave-guard.tsx';
import { Notice } from '../../../components/notice.tsx';
import { PageHeader } from '../../../components/page-header.tsx';
import { ProgressBar } from '../../../components/usage-bar.tsx';
import list from '../../people/people-list.module.css';
import { useMay } from '../../sessions/use-session.ts';
import { useTemplates } from '../use-templates.ts';
import { DropZone } from './drop-zone.tsx';
import type { ImportEntry } from './import-batches.ts';
import { ImportCards, ImportTable } from './import-list.tsx';
import classes from './import-page.module.css';
import { ReportDialog } from './report-dialog.tsx';
import { strings } from './strings.ts';
import { type ImportRun, useImport } from './use-import.ts';
import { WebImportDialog } from './web-import-dialog.tsx';

/** Files of the community become templates: tried first, looked over, then imported. */
export function ImportPage() {
  return useMay('template.create') ? <Import /> : <NoPermissionPage />;
}

type Filter = keyof typeof strings.filters;
const stateOfFilter = { importable: 'ready', refused: 'refused', imported: 'imported' } as const;

function Import() {
  const state = useImport();
  const { entries, run } = state;
  const isNarrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false });
  const [filter, setFilter] = useState<Filter>('all');
  const [opened, setOpened] = useState<ImportEntry>();
  const [isFromWeb, setIsFromWeb] = useState(false);
  const existing = useExistingNames();
  const chosen = entries.filter(({ isChosen }) => isChosen);
  const shown = useMemo(
    () => (filter === 'all' ? entries : entries.filter((entry) => entry.state === stateOfFilter[filter])),
    [entries, filter],
  );
  const isHere = (entry: ImportEntry) => entry.state === 'ready' && existing.has(nameOf(entry));
  const View = isNarrow ? ImportCards : ImportTable;
  const add = (files: Parameters<typeof state.add>[0]) => {
    setFilter('all');
    void state.add(files);
  };
  return (
    <div className={list.wide}>
      <PageHeader
        title={strings.title}
        actions={
          <Button variant="default" leftSection={<IconWorld size={16} />} onClick={() => setIsFromWeb(true)}>
            {strings.web}
          </Button>
        }
      />
      <p className={list.lead}>{strings.lead}</p>
      <DropZone isCompact={entries.length > 0} isDisabled={run !== undefined} onFiles={add} />
      {state.leftOut > 0 && (
        <Notice tone="info">
          {strings.left(state.leftOut)} {entries.length === 0 && strings.nothingFound}
        </Notice>
      )}
      {run && <Running run={run} onStop={state.stop} />}
      {!run && <Standing state={state} isHere={isHere} chosen={chosen.length} />}
      {entries.length > 0 && (
        <>
          <Filters entries={entries} filter={filter} onFilter={setFilter} />
          <View
            entries={shown}
            isLocked={run !== undefined}
            isHere={isHere}
            onChoose={(entry, isChosen) => state.choose(({ key }) => key === entry.key, isChosen)}
            onChooseAll={(isChosen) => state.choose((entry) => shown.includes(entry), isChosen)}
            onOpen={setOpened}
          />
        </>
      )}
      {isFromWeb && <WebImportDialog onClose={() => setIsFromWeb(false)} />}
      {opened && <ReportDialog entry={opened} onClose={() => setOpened(undefined)} />}
      <LeaveGuard isDirty={run?.kind === 'import' || chosen.length > 0} />
    </div>
  );
}

const nameOf = ({ template }: ImportEntry) => template?.name.toLowerCase() ?? '';

/** Names that are taken. Two may have the same, so this is a hint and no rule. */
function useExistingNames(): ReadonlySet<string> {
  const { data } = useTemplates();
  return useMemo(() => new Set(data?.map(({ name }) => name.toLowerCase())), [data]);
}

function Running({ run, onStop }: { run: ImportRun; onStop: () => void }) {
  const { kind, done, total, isStopping } = run;
  const text = kind === 'check' ? strings.checking(done, total) : strings.importing(done, total);
  return (
    <div className={classes.running} role="status">
      <div className={classes.progress}>
        <strong>{isStopping ? strings.stopping : text}</strong>
        <ProgressBar label={text} fraction={done / total} />
      </div>
      <Button variant="default" size="xs" disabled={isStopping} onClick={onStop}>
        {strings.stop}
      </Button>
    </div>
  );
}

interface StandingProps {
  state: ReturnType<typeof useImport>;
  isHere: (entry: ImportEntry) => boolean;
  chosen: number;
}

/** How things are while nothing is under way, and what comes next. */
function Standing({ state, isHere, chosen }: StandingProps) {
  const { entries, failure, stoppedKind, goOn } = state;
  const count = (wanted: ImportEntry['state']) => entries.filter((entry) => entry.state === wanted).length;
  const waiting = count('waiting');
  const importable = count('ready');
  const refused = count('refused');
  const imported = count('imported');
  const alreadyHere = entries.filter((entry) => entry.isChosen && isHere(entry)).length;
  return (
    <>
      {failure && (
        <>
          <Failure
            title={failure.kind === 'check' ? strings.checkFailed : strings.importFailed}
            error={failure.error}
            retry={() => void goOn[failure.kind]()}
          />
          {failure.kind === 'import' && <p className={list.hint}>{strings.importFailedHint}</p>}
        </>
      )}
      {stoppedKind && (
        <Notice
          tone="warning"
          actions={
            <Button variant="default" size="xs" onClick={() => void goOn[stoppedKind]()}>
              {strings.goOn}
            </Button>
          }
        >
          {strings.stopped(stoppedKind === 'check' ? waiting : chosen)}
        </Notice>
      )}
      {imported > 0 && (
        <Notice
          tone="success"
          urgent
          title={strings.done(imported)}
          actions={
            <Button component={Link} to="/templates?origin=imported" variant="default" size="xs">
              {strings.toTemplates}
            </Button>
          }
        >
          {refused > 0 && strings.refusedHint(refused)}
        </Notice>
      )}
      {imported === 0 && waiting === 0 && entries.length > 0 && (
        <Notice tone={refused === 0 ? 'success' : importable === 0 ? 'error' : 'warning'}>
          {importable > 0
            ? strings.importable(importable, entries.length)
            : strings.nothingImportable(entries.length)}{' '}
          {refused > 0 && strings.refusedHint(refused)}
        </Notice>
      )}
      {alreadyHere > 0 && (
        <Notice
          tone="warning"
          actions={
            <Button variant="default" size="xs" onClick={() => state.choose(isHere, false)}>
              {strings.leaveOutExisting}
            </Button>
          }
        >
          {strings.existing(alreadyHere)}
        </Notice>
      )}
      {entries.length > 0 && (
        <div className={classes.buttons}>
          {importable > 0 && (chosen > 0 || imported === 0) && (
            <Button disabled={chosen === 0} onClick={() => void goOn.import()}>
              {strings.importButton(chosen)}
            </Button>
          )}
          <Button variant="default" onClick={state.clear}>
            {strings.clear}
          </Button>
        </div>
      )}
    </>
  );
}

interface FiltersProps {
  entries: readonly ImportEntry[];
  filter: Filter;
  onFilter: (filter: Filter) => void;
}

function Filters({ entries, filter, onFilter }: FiltersProps) {
  const counts: Record<Filter, number> = { all: entries.length, importable: 0, refused: 0, imported: 0 };
  for (const { state } of entries) {
    if (state === 'ready') counts.importable += 1;
    if (state === 'refused' || state === 'imported') counts[state] += 1;
  }
  const names = (Object.keys(counts) as Filter[]).filter((name) => counts[name] > 0 || name === filter);
  if (names.length < 3) return null;
  return (
    <div className={classes.filters}>
      <SegmentedControl
        aria-label={strings.filter}
        value={filter}
        onChange={(value) => onFilter(value as Filter)}
        data={names.map((value) => ({ value, label: strings.filters[value](counts[value]) }))}
      />
    </div>
  );
}
