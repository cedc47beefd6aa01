import { Button, CloseButton } from '@mantine/core';
import { useState } from 'react';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import bar from '../servers/bulk-bar.module.css';
import { useUser } from '../sessions/use-session.ts';
import { reportLockOut } from './report-lock-out.ts';
import { strings } from './strings.ts';
import type { SelectedUsers } from './use-selected-users.ts';
import { useSetLockedOut } from './use-users.ts';

/** What can be done with the users that are selected; each button counts those it applies to. Never with oneself. */
export function UsersBulkBar({ selection }: { selection: SelectedUsers }) {
  const me = useUser();
  const change = useSetLockedOut();
  const [isAsking, setAsking] = useState(false);
  const others = selection.users.filter(({ id }) => id !== me.id);
  const active = others.filter(({ disabledAt }) => !disabledAt);
  const disabled = others.filter(({ disabledAt }) => disabledAt);
  if (selection.users.length === 0) return null;
  const run = (lockOut: boolean) =>
    change.mutate(
      { users: lockOut ? active : disabled, lockOut },
      {
        onSuccess: (result) => {
          setAsking(false);
          selection.clear();
          reportLockOut(lockOut, result);
        },
      },
    );
  return (
    <div className={bar.place}>
      <div className={bar.bar} role="toolbar" aria-label={strings.selected(selection.users.length)}>
        <span className={bar.count} role="status">
          {strings.selected(selection.users.length)}
        </span>
        <Button variant="default" size="xs" disabled={active.length === 0} onClick={() => setAsking(true)}>
          {strings.disable}
          {active.length > 0 && <span className={bar.amount}>{active.length}</span>}
        </Button>
        <Button
          variant="default"
          size="xs"
          disabled={disabled.length === 0}
          loading={change.isPending && !isAsking}
          onClick={() => run(false)}
        >
          {strings.enable}
          {disabled.length > 0 && <span className={bar.amount}>{disabled.length}</span>}
        </Button>
        <CloseButton aria-label={strings.clearSelection} onClick={selection.clear} />
      </div>
      {isAsking && (
        <ConfirmDialog
          title={strings.disableTitle(strings.disableMany(active.length))}
          confirmLabel={strings.disable}
          isBusy={change.isPending}
          error={change.error}
          onConfirm={() => run(true)}
          onClose={() => setAsking(false)}
        >
          {strings.disableText}
        </ConfirmDialog>
      )}
    </div>
  );
}
