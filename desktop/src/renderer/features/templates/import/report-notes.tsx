import type { ImportReport } from '@catalyst/shared/features/template-import';
import type { z } from 'zod';
import classes from './report-dialog.module.css';
import { strings } from './strings.ts';

/** What asks for a look comes first. */
const outcomes = ['refused', 'changed', 'kept', 'understood'] as const;

/** What was made of each part of a file. */
export function ReportNotes({ report }: { report: z.output<typeof ImportReport> }) {
  if (report.notes.length === 0) return <p>{strings.noNotes}</p>;
  return outcomes.map((outcome) => {
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
  });
}
