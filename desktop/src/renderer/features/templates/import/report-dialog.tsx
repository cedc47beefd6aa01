import { Modal } from '@mantine/core';
import dialog from '../../../components/confirm-dialog.module.css';
import { Facts } from '../../../components/facts.tsx';
import { Notice } from '../../../components/notice.tsx';
import type { ImportEntry } from './import-batches.ts';
import classes from './report-dialog.module.css';
import { strings } from './strings.ts';

/** What asks for a look comes first. */
const outcomes = ['refused', 'changed', 'kept', 'understood'] as const;

/** What was made of a file, part by part. */
export function ReportDialog({ entry, onClose }: { entry: ImportEntry; onClose: () => void }) {
  const { fileName, template, report, error } = entry;
  return (
    <Modal opened onClose={onClose} title={template?.name ?? fileName} size="lg">
      <div className={dialog.form}>
        {error && (
          <Notice tone="error" title={strings.refusedTitle}>
            {error.message}
            {error.issues.length > 0 && (
              <ul className={classes.issues}>
                {error.issues.map(({ path, message }) => (
                  <li key={`${path} ${message}`}>
                    {path && <code>{path}</code>} {message}
                  </li>
                ))}
              </ul>
            )}
          </Notice>
        )}
        <Facts
          facts={[
            [strings.columns.file, fileName],
            [strings.format, report && `${report.version}, ${report.encoding.toUpperCase()}`],
          ]}
        />
        {report?.notes.length === 0 && <p>{strings.noNotes}</p>}
        {report &&
          outcomes.map((outcome) => {
            const notes = report.notes.filter((note) => note.outcome === outcome);
            if (notes.length === 0) return null;
            return (
              <section key={outcome} aria-labelledby={`outcome-${outcome}`}>
                <h3 className={classes.title} id={`outcome-${outcome}`}>
                  {strings.outcomes[outcome]} <span className={classes.quiet}>{notes.length}</span>
                </h3>
                <p className={classes.hint}>{strings.outcomeHints[outcome]}</p>
                <ul className={classes.notes}>
                  {notes.map(({ path, message }, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes, and may say the same twice
                    <li key={index} className={classes.note}>
                      <code className={classes.path}>{path}</code>
                      <span>{message}</span>
                    </li>
                  ))}
                </ul>
              </section>
            );
          })}
      </div>
    </Modal>
  );
}
