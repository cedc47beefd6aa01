import { Notice } from '../../../components/notice.tsx';
import classes from './problem-list.module.css';
import { strings } from './strings.ts';
import type { Problem } from './template-draft.ts';

/** What is wrong and where; each leads to its line. */
export function ProblemList(props: { problems: readonly Problem[]; onOpen: (line: number) => void }) {
  const { problems, onOpen } = props;
  return (
    <Notice tone="error" title={strings.problems(problems.length)}>
      <ul className={classes.list}>
        {problems.map(({ path, message, line }) => (
          <li key={`${path} ${message}`}>
            {line === undefined ? (
              path && <code>{path}</code>
            ) : (
              <button type="button" className={classes.place} onClick={() => onOpen(line)}>
                {path && <code>{path}</code>} {strings.line(line)}
              </button>
            )}{' '}
            {message}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
