import classes from './difference-list.module.css';
import { strings } from './strings.ts';
import type { Difference } from './template-differences.ts';

/** What changed, one below the other, each with what it was and is. */
export function DifferenceList({ differences }: { differences: readonly Difference[] }) {
  if (differences.length === 0) return <p className={classes.none}>{strings.nothingChanged}</p>;
  return (
    <ul className={classes.list} aria-label={strings.differences}>
      {differences.map(({ path, before, after, fromLine }) => (
        <li key={path} className={classes.item}>
          <p className={classes.path}>
            <code>{path}</code>
            {fromLine && <span className={classes.quiet}> {strings.fromLine(fromLine)}</span>}
          </p>
          <div className={classes.pair}>
            <Side name={strings.before} text={before} />
            <Side name={strings.after} text={after} isNew />
          </div>
        </li>
      ))}
    </ul>
  );
}

function Side({ name, text, isNew }: { name: string; text?: string; isNew?: boolean }) {
  return (
    <div className={classes.side} data-new={isNew || undefined}>
      <span className={classes.quiet}>{name}</span>
      {text === undefined ? (
        <span className={classes.none}>{strings.absent}</span>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        <pre className={classes.text} tabIndex={0}>
          {text === '' ? '“”' : text}
        </pre>
      )}
    </div>
  );
}
