import { Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import classes from './copy-button.module.css';
import { copyText } from './copy-text.ts';
import { IconButton } from './icon-button.tsx';
import { type CopyableName, strings } from './strings.ts';

const shownMs = 1500;

/** Copies a value; `what` names it (`address`). */
export function CopyButton({ value, what }: { value: string; what: CopyableName }) {
  const button = useRef<HTMLButtonElement>(null);
  const [result, setResult] = useState<'copied' | 'failed'>();
  // What is to be announced must have its place before, but not in each row of a long list.
  const [isUsed, setUsed] = useState(false);
  useEffect(() => {
    if (!result) return;
    const timer = setTimeout(() => setResult(undefined), shownMs);
    return () => clearTimeout(timer);
  }, [result]);
  const said = result === 'failed' ? strings.copyFailed : strings.copied;
  return (
    <>
      <IconButton
        ref={button}
        className={classes.button}
        aria-label={strings.copy(what)}
        title={strings.copy(what)}
        onClick={async (event) => {
          event.stopPropagation();
          event.preventDefault();
          setUsed(true);
          setResult((await copyText(value)) ? 'copied' : 'failed');
        }}
      >
        {result === 'copied' ? <IconCheck size={14} /> : <IconCopy size={14} />}
      </IconButton>
      {result && <Tooltip target={button} label={said} opened />}
      {isUsed && (
        <span role="status" className={classes.announcement}>
          {result && said}
        </span>
      )}
    </>
  );
}

/** A value in the fixed font with its button. */
export function Copyable({ value, what }: { value: string; what: CopyableName }) {
  return (
    <span className={classes.copyable}>
      <code className={classes.value}>{value}</code>
      <CopyButton value={value} what={what} />
    </span>
  );
}
