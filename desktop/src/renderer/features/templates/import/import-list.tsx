import { Button, Checkbox } from '@mantine/core';
import { memo, useRef } from 'react';
import { Link } from 'react-router';
import { useRowWindow } from '../../../components/use-row-window.ts';
import { countOutcomes, type ImportEntry } from './import-batches.ts';
import classes from './import-list.module.css';
import { strings } from './strings.ts';

interface ImportListProps {
  entries: readonly ImportEntry[];
  isLocked: boolean;
  /** Whether a template has its name already. */
  isHere: (entry: ImportEntry) => boolean;
  onChoose: (entry: ImportEntry, isChosen: boolean) => void;
  onChooseAll: (isChosen: boolean) => void;
  onOpen: (entry: ImportEntry) => void;
}

const outcomes = ['understood', 'changed', 'kept', 'refused'] as const;
const columnCount = 8;
/** From here on the browser skips drawing cards far off the screen. */
const drawnWholeUpTo = 60;

/** Files as rows, with what became of their parts. Only those near the screen are drawn. */
export function ImportTable(props: ImportListProps) {
  const { entries, isLocked, onChooseAll } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const { first, end, height } = useRowWindow(body, entries.length);
  const ready = entries.filter(({ state }) => state === 'ready');
  const chosen = ready.filter(({ isChosen }) => isChosen).length;
  return (
    <div className={classes.box}>
      <table className={classes.table} aria-label={strings.list} aria-rowcount={entries.length + 1}>
        <thead className={classes.head}>
          <tr aria-rowindex={1}>
            <th className={classes.select} scope="col">
              <Checkbox
                aria-label={strings.selectAll}
                checked={chosen > 0 && chosen === ready.length}
                indeterminate={chosen > 0 && chosen < ready.length}
                disabled={isLocked || ready.length === 0}
                onChange={(event) => onChooseAll(event.currentTarget.checked)}
              />
            </th>
            {(['file', 'name', ...outcomes] as const).map((column) => (
              <th key={column} className={classes[column]} scope="col">
                {strings.columns[column]}
              </th>
            ))}
            <th className={classes.report} scope="col">
              <span className={classes.hidden}>{strings.columns.report}</span>
            </th>
          </tr>
        </thead>
        <tbody ref={body}>
          {first > 0 && <Spacer height={first * height} />}
          {entries.slice(first, end).map((entry, index) => (
            <Row
              key={entry.key}
              entry={entry}
              rowIndex={first + index + 2}
              isLocked={isLocked}
              isHere={props.isHere(entry)}
              onChoose={props.onChoose}
              onOpen={props.onOpen}
            />
          ))}
          {end < entries.length && <Spacer height={(entries.length - end) * height} />}
        </tbody>
      </table>
    </div>
  );
}

const Spacer = ({ height }: { height: number }) => (
  <tr aria-hidden>
    <td colSpan={columnCount} style={{ height, padding: 0 }} />
  </tr>
);

type EntryProps = Pick<ImportListProps, 'isLocked' | 'onChoose' | 'onOpen'> & {
  entry: ImportEntry;
  isHere: boolean;
};

function Row({ entry, rowIndex, isLocked, isHere, onChoose, onOpen }: EntryProps & { rowIndex: number }) {
  const { fileName, state, error, report } = entry;
  const counts = report && countOutcomes(report.notes);
  return (
    <tr className={classes.row} aria-rowindex={rowIndex}>
      <td className={classes.select}>
        <Choice entry={entry} isLocked={isLocked} onChoose={onChoose} />
      </td>
      <td className={classes.file} title={fileName}>
        {fileName}
      </td>
      {state === 'refused' && error ? (
        <td className={classes.error} colSpan={outcomes.length + 1} title={error.message}>
          {error.message}
        </td>
      ) : (
        <>
          <td className={classes.name}>
            <TemplateName entry={entry} isHere={isHere} />
          </td>
          {outcomes.map((outcome) => (
            <td
              key={outcome}
              className={classes[outcome]}
              data-some={(counts && counts[outcome] > 0) || undefined}
            >
              {counts?.[outcome]}
            </td>
          ))}
        </>
      )}
      <td className={classes.report}>
        <ReportButton entry={entry} onOpen={onOpen} />
      </td>
    </tr>
  );
}

/** The same where it is narrow. */
export function ImportCards({ entries, ...props }: ImportListProps) {
  return (
    <ul
      className={classes.cards}
      aria-label={strings.list}
      data-many={entries.length > drawnWholeUpTo || undefined}
    >
      {entries.map((entry) => (
        <Card
          key={entry.key}
          entry={entry}
          isLocked={props.isLocked}
          isHere={props.isHere(entry)}
          onChoose={props.onChoose}
          onOpen={props.onOpen}
        />
      ))}
    </ul>
  );
}

function Card({ entry, isLocked, isHere, onChoose, onOpen }: EntryProps) {
  const { fileName, state, error, report } = entry;
  const counts = report && countOutcomes(report.notes);
  return (
    <li className={classes.card}>
      <Choice entry={entry} isLocked={isLocked} onChoose={onChoose} />
      <div className={classes.words}>
        <TemplateName entry={entry} isHere={isHere} />
        <p className={classes.sub}>{fileName}</p>
        {state === 'refused' && error ? (
          <p className={classes.error}>{error.message}</p>
        ) : (
          counts && (
            <p className={classes.sub}>
              {strings.counts(counts.understood, counts.changed, counts.kept, counts.refused)}
            </p>
          )
        )}
      </div>
      <ReportButton entry={entry} onOpen={onOpen} />
    </li>
  );
}

const Choice = memo(function Choice({
  entry,
  isLocked,
  onChoose,
}: Pick<EntryProps, 'entry' | 'isLocked' | 'onChoose'>) {
  return (
    <Checkbox
      aria-label={strings.select(entry.fileName)}
      checked={entry.isChosen || entry.state === 'imported'}
      disabled={isLocked || entry.state !== 'ready'}
      onChange={(event) => onChoose(entry, event.currentTarget.checked)}
    />
  );
});

function TemplateName({ entry, isHere }: Pick<EntryProps, 'entry' | 'isHere'>) {
  const { state, template } = entry;
  if (!template) return state === 'waiting' ? <span className={classes.quiet}>{strings.waiting}</span> : null;
  return (
    <span className={classes.template}>
      {state === 'imported' ? (
        <Link to={`/templates/${template.id}`} className={classes.link} title={template.name}>
          {template.name}
        </Link>
      ) : (
        <span className={classes.title} title={template.name}>
          {template.name}
        </span>
      )}
      {state === 'imported' && <span className={classes.done}>{strings.imported}</span>}
      {isHere && <span className={classes.tag}>{strings.isHere}</span>}
    </span>
  );
}

function ReportButton({ entry, onOpen }: Pick<EntryProps, 'entry' | 'onOpen'>) {
  if (!entry.report && !entry.error) return null;
  return (
    <Button
      className={classes.open}
      variant="subtle"
      size="compact-xs"
      aria-label={strings.reportOf(entry.fileName)}
      onClick={() => onOpen(entry)}
    >
      {strings.report}
    </Button>
  );
}
