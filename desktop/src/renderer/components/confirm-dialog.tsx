import { Button, Modal, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import classes from './confirm-dialog.module.css';
import { Failure } from './failure.tsx';
import { strings } from './strings.ts';

interface ConfirmDialogProps {
  title: string;
  children: ReactNode;
  /** A verb. */
  confirmLabel: string;
  /** What must be typed first, for what cannot be undone. */
  typedName?: string;
  /** Loses nothing, so it is not red. */
  isHarmless?: boolean;
  /** What is asked for beside is not there yet. */
  isBlocked?: boolean;
  isBusy: boolean;
  error: unknown;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that loses data or disturbs players. Mounted while it is open. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const [typed, setTyped] = useState('');
  const isTyped = props.typedName === undefined || typed.trim() === props.typedName.trim();
  const isReady = isTyped && !props.isBlocked;
  return (
    <Modal opened onClose={props.onClose} title={props.title} size="md">
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          // It may stand in a form of the page, which is not what was confirmed.
          event.stopPropagation();
          if (isReady) props.onConfirm();
        }}
      >
        <div className={classes.text}>{props.children}</div>
        {props.typedName !== undefined && (
          <TextInput
            label={strings.typeToConfirm(props.typedName)}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
          />
        )}
        {props.error ? <Failure title={strings.requestFailedToDo} error={props.error} /> : null}
        <div className={classes.buttons}>
          <Button variant="default" onClick={props.onClose}>
            {strings.cancel}
          </Button>
          <Button
            type="submit"
            color={props.isHarmless ? undefined : 'red'}
            disabled={!isReady}
            loading={props.isBusy}
          >
            {props.confirmLabel}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
