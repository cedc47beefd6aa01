import { useBlocker } from 'react-router';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { strings } from './strings.ts';

/** Asks before another page takes the place of one that holds what is not saved. */
export function LeaveGuard({ isDirty }: { isDirty: boolean }) {
  const blocker = useBlocker(isDirty);
  if (blocker.state !== 'blocked') return null;
  return (
    <ConfirmDialog
      title={strings.leaveTitle}
      confirmLabel={strings.leaveButton}
      isBusy={false}
      error={null}
      onConfirm={() => blocker.proceed()}
      onClose={() => blocker.reset()}
    >
      {strings.leave}
    </ConfirmDialog>
  );
}
