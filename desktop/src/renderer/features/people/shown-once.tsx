import { CopyButton } from '../../components/copy-button.tsx';
import type { CopyableName } from '../../components/strings.ts';
import classes from './shown-once.module.css';

/** A secret or a command to take along, whole, with its button. */
export function ShownOnce({ value, what }: { value: string; what: CopyableName }) {
  return (
    <div className={classes.line}>
      <code className={classes.value}>{value}</code>
      <CopyButton value={value} what={what} />
    </div>
  );
}
