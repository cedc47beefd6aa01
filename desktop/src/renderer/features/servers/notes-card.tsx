import classes from './join-card.module.css';
import { serverStrings as strings } from './server-strings.ts';

/** What people wrote down about the server. */
export function NotesCard({ notes }: { notes: string }) {
  return (
    <section className={classes.card} aria-labelledby="server-notes">
      <h2 className={classes.title} id="server-notes">
        {strings.notesTitle}
      </h2>
      <p className={classes.notes}>{notes}</p>
    </section>
  );
}
