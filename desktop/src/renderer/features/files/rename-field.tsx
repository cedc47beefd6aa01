import { useEffect, useRef, useState } from 'react';
import { nameProblem, stemLength } from './file-name.ts';
import classes from './rename-field.module.css';
import { strings } from './strings.ts';

interface RenameFieldProps {
  name: string;
  onRename: (name: string) => void;
  onEnd: () => void;
}

/** A name that is changed where it stands. Enter keeps it, Escape does not; leaving it does when it can be kept. */
export function RenameField({ name, onRename, onEnd }: RenameFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const [value, setValue] = useState(name);
  const problem = nameProblem(value);
  // A field that goes away loses the focus, which is no second answer.
  const isAnswered = useRef(false);
  useEffect(() => {
    input.current?.focus();
    input.current?.setSelectionRange(0, stemLength(name));
  }, [name]);
  const end = (isKept: boolean) => {
    if (isAnswered.current) return;
    isAnswered.current = true;
    if (isKept && !problem && value !== name) onRename(value);
    else onEnd();
  };
  return (
    <span className={classes.place}>
      <input
        ref={input}
        className={classes.input}
        aria-label={strings.renameOf(name)}
        aria-invalid={problem !== undefined}
        title={problem}
        value={value}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setValue(event.currentTarget.value)}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === 'Escape') end(false);
          if (event.key === 'Enter' && !problem) end(true);
        }}
        onBlur={() => end(true)}
      />
      {problem && (
        <span className={classes.problem} role="alert">
          {problem}
        </span>
      )}
    </span>
  );
}
