import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './save-bar.module.css';
import { strings } from './strings.ts';

interface SaveBarProps {
  isSaving: boolean;
  isValid: boolean;
  onDiscard: () => void;
  /** What to know before saving, or why it did not work. */
  children: ReactNode;
}

/** At the foot of a form as long as it holds what is not saved. Its button submits the form. */
export function SaveBar({ isSaving, isValid, onDiscard, children }: SaveBarProps) {
  return (
    <section className={classes.bar} aria-label={strings.unsaved}>
      <div className={classes.text}>
        <strong>{strings.unsaved}</strong>
        <span className={classes.hint} role="status">
          {children}
        </span>
      </div>
      <Button variant="default" onClick={onDiscard}>
        {strings.discard}
      </Button>
      <Button type="submit" loading={isSaving} disabled={!isValid}>
        {strings.save}
      </Button>
    </section>
  );
}
